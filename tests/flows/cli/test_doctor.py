"""`douka doctor`: what is well, what is not, what to do."""

import json
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from flows.cli.adapters import Installed
from flows.health.clock import judged
from flows.health.engines import engine_findings, thread_finding
from flows.health.examination import adapter_findings
from flows.health.place import place_findings, room_finding
from flows.health.python import package_amiss, package_finding, python_finding
from flows.health.scheduler import port_finding, server_finding


def _healthy() -> Installed:
    return Installed("rule", "a", "douka", "1", "healthy")


def test_this_machine_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, douka: Callable) -> None:
    monkeypatch.chdir(tmp_path)
    # What importing all of them says is the matter of `douka adapters`, and takes a while.
    ill = [Installed("device", "b", "other", "1", "cannot be imported")]
    monkeypatch.setattr("flows.health.examination.installed_adapters", lambda: [*ill, _healthy()])
    ended = douka("doctor", "--no-server", "--json")
    assert ended.code == 0, ended
    found = {each["subject"]: each for each in json.loads(ended.out)}
    assert {"Python", "packages", "workspace", "disk", "clock", "threads", "adapters", "device b", "port"} <= set(found)
    assert all(each["remedy"] for each in found.values() if each["outcome"] != "ok")


def test_a_problem_ends_with_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, douka: Callable) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("flows.health.examination.python_finding", lambda: python_finding("3.9.1"))
    monkeypatch.setattr("flows.health.examination.installed_adapters", list)
    ended = douka("doctor", "--no-server")
    assert ended.code == 1
    assert "3.9.1, expected" in ended.out
    assert "Make the environment" in ended.out


def test_versions_out_of_bounds() -> None:
    assert package_finding().outcome == "ok"
    assert "expected numpy>=9999" in package_amiss(Requirement("numpy>=9999"))
    assert "not installed" in package_amiss(Requirement("no-such-package-anywhere"))


@pytest.mark.parametrize(("free", "outcome"), [(1e6, "problem"), (1e9, "warn"), (1e11, "ok")])
def test_room(free: float, outcome: str) -> None:
    assert room_finding(free).outcome == outcome


def test_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("flows.health.place.tempfile.TemporaryFile", refuse)
    [writable, *_] = place_findings(tmp_path)
    assert (writable.outcome, str(tmp_path) in writable.text) == ("problem", True)


def test_clocks() -> None:
    now = datetime(2027, 1, 1, tzinfo=UTC)
    assert judged(0.05, 0.051, now).outcome == "ok"
    assert judged(0.05, 3600.0, now).outcome == "warn"
    assert judged(0.05, 0.05, datetime(1970, 1, 1, tzinfo=UTC)).outcome == "problem"


def test_engines_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "pw.x").write_text("#!/bin/sh\n")
    (tmp_path / "pw.x").chmod(0o755)
    elk, espresso = engine_findings(str(tmp_path))
    assert (elk.outcome, espresso.outcome) == ("warn", "ok")
    assert "apt-get" in elk.remedy


@pytest.mark.parametrize(("text", "outcome"), [("1", "ok"), ("0", "warn"), ("many", "warn"), ("100000", "warn")])
def test_threads(text: str, outcome: str) -> None:
    assert thread_finding({"OMP_NUM_THREADS": text}).outcome == outcome


def test_an_adapter_that_is_ill_is_named() -> None:
    found = [_healthy(), Installed("device", "b", "other", "1", "cannot be")]
    summary, ill = adapter_findings(found)
    assert (summary.outcome, summary.text[:6]) == ("ok", "1 of 2")
    assert (ill.outcome, ill.subject, ill.text) == ("warn", "device b", "cannot be")


def test_a_port_that_is_taken() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        port = other.getsockname()[1]  # bound, but not listening: nothing answers there
        assert port_finding(port).outcome == "warn"
    assert port_finding(0).outcome == "ok"  # any free one


@pytest.mark.server
def test_a_server_starts() -> None:
    assert server_finding().outcome == "ok"


@pytest.mark.server
def test_a_server_that_cannot_start(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file where a folder is wanted")
    assert server_finding(tmp_path / "home").outcome == "problem"
