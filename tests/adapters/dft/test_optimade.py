"""OPTIMADE: a small stand-in provider on loopback, and the reference server itself."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from adapters.dft import Calculation, RejectedCalculation
from adapters.dft.optimade import Query, read_optimade
from adapters.simulators.optimade import Optimade
from loop.errors import AdapterError, CampaignError, DataError, TransientError
from loop.records import Failure, Result
from loop.testing import slot_context

FIELDS = {"moment": "_exmpl_magnetization", "functional": "_exmpl_functional"}
CONSTANTS = {"moment_unit": "muB/cell", "converged": True, "code": "VASP", "code_version": "6.4.2"}


def entry(name: str, sites: list[str], moment: float | None, **attributes: Any) -> dict[str, Any]:
    kinds = sorted(set(sites))
    species = [{"name": kind, "chemical_symbols": [kind], "concentration": [1.0]} for kind in kinds]
    return {
        "id": name,
        "type": "structures",
        "attributes": {
            "lattice_vectors": [[4.0, 0.0, 0.0], [0.0, 4.0, 0.0], [0.0, 0.0, 3.0]],
            "species": species,
            "species_at_sites": sites,
            "_exmpl_magnetization": moment,
            "_exmpl_functional": "PBE",
            **attributes,
        },
    }


ENTRIES = [
    entry("iron", ["Fe"] * 4, 8.8),
    entry("b2", ["Fe", "Fe", "Co", "Co"], -9.1),
    entry("unpolarized", ["Fe", "Co"], None),
    entry("dead", ["Fe", "Co"], 0.0),
    entry(
        "mixed",
        ["M"] * 2,
        4.6,
        species=[{"name": "M", "chemical_symbols": ["Fe", "Co"], "concentration": [0.75, 0.25]}],
    ),
]


class Provider(BaseHTTPRequestHandler):
    """Answers pages of two; ``mood`` says what goes wrong."""

    mood = ""

    def do_GET(self) -> None:
        asked = parse_qs(urlsplit(self.path).query)
        at = int(asked.get("page_offset", ["0"])[0])
        if self.mood == "refuses":
            return self._send(400, {"errors": [{"detail": "the filter is not understood"}]})
        if self.mood == "is busy":
            return self._send(503, {"errors": [{"detail": "come back later"}]})
        data = ENTRIES[at : at + 2]
        following = (
            f"http://{self.headers['Host']}/v1/structures?page_offset={at + 2}" if at + 2 < len(ENTRIES) else None
        )
        announced = len(ENTRIES) + (self.mood == "forgets")
        return self._send(200, {"data": data, "links": {"next": following}, "meta": {"data_returned": announced}})

    def _send(self, status: int, content: dict[str, Any]) -> None:
        body = json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if self.mood == "hangs up" else body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def provider() -> Iterator[tuple[str, type[Provider]]]:
    kind = type("Mine", (Provider,), {})
    with ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}", kind
        server.shutdown()
        thread.join()


def _query(url: str, **changes: Any) -> Query:
    return Query(**{"url": url, "filter": "", "fields": FIELDS, "constants": CONSTANTS, "page_limit": 2} | changes)


def test_every_entry_is_read_or_refused(provider: tuple[str, type[Provider]]) -> None:
    url, _ = provider
    iron, b2, unpolarized, dead, mixed = read_optimade(_query(url))
    assert isinstance(b2, Calculation)
    assert (b2.formula, b2.moment_per_cell, b2.volume) == ("Fe2Co2", 9.1, pytest.approx(48.0))
    assert (b2.functional, b2.code, b2.path) == ("PBE", "VASP", f"{url}#b2")
    assert b2.files["b2"] != getattr(iron, "files", {}).get("iron")
    assert isinstance(unpolarized, RejectedCalculation)
    assert "moment" in unpolarized.reason
    assert isinstance(dead, RejectedCalculation)
    assert "non-magnetic" in dead.reason
    assert isinstance(mixed, Calculation)
    assert dict(mixed.composition) == {"Fe": 1.5, "Co": 0.5}


@pytest.mark.parametrize(
    ("mood", "expected", "passes"),
    [
        ("refuses", "400: the filter is not understood", False),
        ("forgets", "sent 5 entries, announced 6", True),
        ("hangs up", "asked", True),
        ("is busy", "answered 503", True),
    ],
)
def test_a_provider_that_fails_yields_nothing(
    provider: tuple[str, type[Provider]], mood: str, expected: str, passes: bool
) -> None:
    url, kind = provider
    kind.mood = mood
    with pytest.raises(AdapterError, match=expected) as failed:
        read_optimade(_query(url))
    assert isinstance(failed.value, TransientError) is passes


def test_nobody_there() -> None:
    with pytest.raises(TransientError, match="cannot be asked"):
        read_optimade(_query("http://127.0.0.1:9"))


def test_what_is_no_address_is_not_asked_again() -> None:
    with pytest.raises(AdapterError, match="cannot be asked") as refused:
        read_optimade(_query("optimade.example.org"))
    assert not isinstance(refused.value, TransientError)


@pytest.mark.parametrize("changes", [{"fields": {"colour": "_x"}}, {"constants": {"moment": 2.0}}])
def test_fields_that_there_are_not(changes: dict[str, Any]) -> None:
    with pytest.raises(DataError, match="field"):
        _query("http://127.0.0.1:9", **changes)


def test_as_a_simulator(tmp_path: Path, provider: tuple[str, type[Provider]]) -> None:
    url, _ = provider
    options = {"url": url, "fields": FIELDS, "constants": CONSTANTS}
    adapter = Optimade(slot_context(tmp_path, options=options))
    items = list(adapter.collect())
    assert [(item.x, item.value) for item in items if isinstance(item, Result)] == [
        ((0.0,), pytest.approx(2.2)),
        ((0.5,), pytest.approx(2.275)),
        ((0.25,), pytest.approx(2.3)),
    ]
    assert sum(isinstance(item, Failure) for item in items) == 2
    assert adapter.candidates() == [(0.0,), (0.25,), (0.5,)]
    with pytest.raises(CampaignError, match="'colour' is no field"):
        Optimade(slot_context(tmp_path, options=options | {"fields": {"colour": "_x"}}))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _document(one: dict[str, Any]) -> dict[str, Any]:
    """An entry as the reference server stores it."""
    attributes = one["attributes"]
    kinds = sorted(set(attributes["species_at_sites"]))
    n = len(attributes["species_at_sites"])
    return {
        "task_id": one["id"], "elements": kinds, "nelements": len(kinds), "nsites": n, "structure_features": [],
        "lattice_vectors": attributes["lattice_vectors"], "species": attributes["species"],
        "species_at_sites": attributes["species_at_sites"],
        "cartesian_site_positions": [[0.0, 0.0, float(k)] for k in range(n)],
        "elements_ratios": [attributes["species_at_sites"].count(kind) / n for kind in kinds],
        "chemical_formula_reduced": "".join(kinds), "chemical_formula_descriptive": "".join(kinds),
        "chemical_formula_anonymous": "AB"[: len(kinds)], "dimension_types": [1, 1, 1], "nperiodic_dimensions": 3,
        "last_modified": "2026-01-01T00:00:00Z", "magnetization": attributes["_exmpl_magnetization"],
        "functional": attributes["_exmpl_functional"],
    }  # fmt: skip


SERVER = """
import json, sys
from optimade.server.main import app
import uvicorn
app.state.entry_collections["structures"].insert(json.load(open(sys.argv[2])))
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="warning")
"""


@pytest.fixture
def reference_server(tmp_path: Path) -> Iterator[str]:
    if not os.environ.get("CI"):
        pytest.importorskip("optimade.server", reason="needs the group 'engines'")
    config = {
        "insert_test_data": False, "log_dir": str(tmp_path), "page_limit": 2,
        "provider_fields": {"structures": ["magnetization", "functional"]},
        "aliases": {"structures": {"id": "task_id"}},
    }  # fmt: skip
    (tmp_path / "config.json").write_text(json.dumps(config))
    (tmp_path / "documents.json").write_text(json.dumps([_document(one) for one in ENTRIES[:4]]))
    port = _free_port()
    words = [sys.executable, "-c", SERVER, str(port), str(tmp_path / "documents.json")]
    environment = os.environ | {"OPTIMADE_CONFIG_FILE": str(tmp_path / "config.json")}
    with (
        (tmp_path / "log.txt").open("w") as log,
        subprocess.Popen(words, env=environment, stdout=log, stderr=log) as server,
    ):
        try:
            url = f"http://127.0.0.1:{port}"
            _until_it_answers(url, server, tmp_path / "log.txt")
            yield url
        finally:
            server.kill()


def _until_it_answers(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 240
    while time.monotonic() < end:
        assert server.poll() is None, log.read_text()[-2000:]
        try:
            if httpx.get(f"{url}/v1/info", timeout=30).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.5)
    raise AssertionError(f"the server does not answer: {log.read_text()[-2000:]}")


@pytest.mark.slow
def test_the_reference_server(reference_server: str) -> None:
    found = read_optimade(_query(reference_server))
    read = {one.path.rpartition("#")[2]: one for one in found if isinstance(one, Calculation)}
    assert {name: one.moment_per_cell for name, one in read.items()} == {"iron": 8.8, "b2": 9.1}
    assert len(found) == 4
    (only,) = read_optimade(_query(reference_server, filter='elements HAS "Co" AND nsites=4'))
    assert isinstance(only, Calculation)
    assert (only.formula, only.volume, only.functional) == ("Fe2Co2", pytest.approx(48.0), "PBE")
    with pytest.raises(AdapterError, match="answered 4"):
        read_optimade(_query(reference_server, filter="elements HAS"))
