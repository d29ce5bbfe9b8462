"""People answer in Prefect's pages: approve, change, reject, enter a value; as the pages do it, by the server's API."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from adapters.worksheets import heading as h
from loop.approval import decide
from loop.history import History
from loop.records import Decision, Ruling, Status
from loop.replay import replay
from loop.state import State, fold

Program = Callable[..., "subprocess.Popen[str]"]
Eventually = Callable[[Callable[[], bool], float], None]

pytestmark = [pytest.mark.server, pytest.mark.timeout(1800)]
PATIENCE = 600.0

CAMPAIGN = """
title = "Iron and cobalt by hand"
[space]
formula = "Fe{1-a}Co{a}"
[space.variables]
a = { bounds = [0, 0.8] }
[targets.M]
source = "experiment"
unit = "A.m2/kg"
[objective]
target = "M"
[[instruments]]
name = "people"
adapter = "worksheet"
target = "M"
slots = 3
start = 3
options = { folder = "drop", quiet_seconds = 0 }
[approval]
experiments = true
[stop]
experiments = 3
"""


class Pages:
    """What Prefect's pages ask the server and tell it."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    def runs(self, state: str = "PAUSED") -> dict[str, dict[str, Any]]:
        """Runs that ask a person, by what they ask."""
        wanted = {"flow_runs": {"tags": {"all_": ["people"]}, "state": {"type": {"any_": [state]}}}, "limit": 100}
        found = self._client.post("/flow_runs/filter", json=wanted).raise_for_status().json()
        return {run["parameters"]["question"]: run for run in found}

    def shown(self, run: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The text above the form, and its fields by title; fails where they are not there yet."""
        keys = run["state"]["state_details"]["run_input_keyset"]
        read = [self._client.get(f"/flow_runs/{run['id']}/input/{keys[each]}") for each in ("description", "schema")]
        text, schema = (each.raise_for_status().json() for each in read)
        return text, {field.get("title", name): {**field, "name": name} for name, field in schema["properties"].items()}

    def is_shown(self, question: str) -> bool:
        """Whether somebody could answer now."""
        runs = self.runs()
        if question not in runs:
            return False
        try:
            self.shown(runs[question])
        except httpx.HTTPStatusError:
            return False
        return True

    def answer(self, question: str, **said: Any) -> str:
        """Fill in a form and send it; what the server says."""
        run = self.runs()[question]
        sent = self._client.post(f"/flow_runs/{run['id']}/resume", json={"run_input": said})
        return str(sent.raise_for_status().json()["status"])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "hand"
    made.mkdir()
    (made / "campaign.toml").write_text(CAMPAIGN, encoding="utf-8")
    return made


@pytest.fixture
def pages(
    program: Program, serve_code: str, folder: Path, tmp_path: Path, prefect_client: Callable[[str], Any]
) -> Iterator[Pages]:
    process = program(serve_code, folder, tmp_path / "history", tmp_path / "home", 600)
    assert process.stdout is not None
    for line in process.stdout:
        if "pages are at" in line:
            address = next(word for word in line.split() if word.startswith("http"))
            break
    else:
        raise AssertionError((tmp_path / "stderr-0.txt").read_text())
    with prefect_client(f"{address}/api") as client:
        yield Pages(client)


def _state(path: Path) -> State:
    if not History.exists(path):
        return State()
    with History.open(path) as history:
        return fold(history.records())


def test_people_answer_in_the_pages(pages: Pages, eventually: Eventually, tmp_path: Path) -> None:
    path = tmp_path / "history"
    eventually(lambda: len(pages.runs()) == 3, PATIENCE)
    one, two, three = (each.id for each in _state(path).awaiting_approval)
    for name in (one, two, three):
        eventually(lambda name=name: pages.is_shown(f"approval-{name}"), PATIENCE)  # type: ignore[misc]
    text, fields = pages.shown(pages.runs()[f"approval-{one}"])
    assert "every experiment is to be approved" in text
    assert (fields["a"]["minimum"], fields["a"]["maximum"]) == (0, 0.8)
    assert pages.answer(f"approval-{two}", decision="change", by="Anna", point_0=0.9) == "REJECT", "beyond the bounds"

    decide(path, Decision(request_id=three, ruling=Ruling.APPROVED, person="Eve"))
    assert pages.answer(f"approval-{one}", decision="reject", by="Anna", reason="no cobalt") == "ACCEPT"
    assert pages.answer(f"approval-{two}", decision="change", by="Anna", point_0=0.125) == "ACCEPT"
    changed = f"{two}-changed"

    def are_settled() -> bool:
        found = {name: each.status for name, each in _state(path).requests.items()}
        return [found.get(name) for name in (one, changed, three)] == [Status.REJECTED, Status.SEALED, Status.SEALED]

    eventually(are_settled, PATIENCE)
    assert _state(path).requests[changed].x == (0.125,)
    eventually(lambda: f"approval-{three}" in pages.runs("CANCELLED"), PATIENCE)

    question = f"value-{changed}"
    eventually(lambda: pages.is_shown(question), PATIENCE)
    _, fields = pages.shown(pages.runs()[question])
    names = {title: field["name"] for title, field in fields.items()}
    said = {names[h.VALUE]: "190", names[h.BY]: "Anna", names[h.ON]: "2026-11-20"}
    assert pages.answer(question, **said) == "ACCEPT"
    eventually(lambda: bool(_state(path).observations), PATIENCE)
    (found,) = _state(path).observations
    assert (found.value, found.request_id, found.provenance.person) == (pytest.approx(190), changed, "Anna")
    with History.open(path) as history:
        assert all(not cycle.differences for cycle in replay(history))
