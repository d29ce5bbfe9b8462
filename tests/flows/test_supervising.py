"""A runner that dies is started again, ever more slowly; what it says and how it ends is passed on."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from flows import supervising
from flows.assignment import Assignment
from flows.interruption import Interruption

ASSIGNMENT = Assignment(Path("campaign"), Path("history"), timedelta(seconds=5))
SAY = "import sys; print(sys.stdin.readline().strip(), flush=True); "


class Children:
    """Stands in for ``subprocess.Popen``: each child runs the next of some programs."""

    def __init__(self, *programs: str) -> None:
        self.programs = list(programs)
        self.environments: list[dict[str, str]] = []
        self.started: list[subprocess.Popen[bytes]] = []
        self._start = subprocess.Popen

    def __call__(self, _command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        self.environments.append(options["env"])
        child = self._start([sys.executable, "-S", "-c", self.programs.pop(0)], **options)
        self.started.append(child)
        return child


def _supervise(
    monkeypatch: pytest.MonkeyPatch, children: Children, surroundings: Any = dict
) -> tuple[list[str], Interruption]:
    said: list[str] = []
    interruption = Interruption()
    monkeypatch.setattr(supervising, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(supervising, "FIRST_PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(supervising, "LAST_WORDS_SECONDS", 60.0)
    monkeypatch.setattr(supervising.subprocess, "Popen", children)
    supervising.supervise(ASSIGNMENT, surroundings, interruption, said.append)
    return said, interruption


def test_it_is_started_again_until_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    kill = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    children = Children(SAY + "sys.exit(1)", SAY + kill, SAY)
    said, _ = _supervise(monkeypatch, children)
    told = ASSIGNMENT.dumped().decode().strip()
    assert said == [
        told,
        "the runner ended (exit code 1); it is started again in 0.01 s",
        told,
        "the runner ended (killed by SIGKILL); it is started again in 0.02 s",
        told,
    ]
    assert Assignment.parsed(told.encode()) == ASSIGNMENT


def test_it_is_started_again_where_the_server_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    ports = iter(["1", "1", "2"])
    last = ["0"]

    def surroundings() -> dict[str, str]:
        last[0] = next(ports, last[0])
        return {"PREFECT_API_URL": last[0]}

    children = Children("import time; time.sleep(600)", SAY)
    said, _ = _supervise(monkeypatch, children, surroundings)
    assert said[0] == "Prefect's server has another address now; the runner is started again"
    assert [environment["PREFECT_API_URL"] for environment in children.environments] == ["1", "2"]
    assert children.started[0].poll() == -signal.SIGKILL


def test_asked_to_stop_it_asks_the_runner_once(monkeypatch: pytest.MonkeyPatch) -> None:
    wait = (
        "import signal, sys, time\n"
        "def stop(*_): print('stopped', flush=True); sys.exit(0)\n"
        "signal.signal(signal.SIGINT, stop); print('ready', flush=True); time.sleep(600)"
    )
    children = Children(wait)
    said: list[str] = []
    interruption = Interruption()

    def say(line: str) -> None:
        said.append(line)
        interruption.ask()

    monkeypatch.setattr(supervising, "LAST_WORDS_SECONDS", 60.0)
    monkeypatch.setattr(supervising.subprocess, "Popen", children)
    supervising.supervise(ASSIGNMENT, dict, interruption, say)
    assert said == ["ready", "stopped"]


def test_a_runner_that_ends_its_cycle_is_left_alone_where_the_server_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    children = Children(
        "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
    )
    interruption, asked = Interruption(), []

    def surroundings() -> dict[str, str]:
        if interruption.is_asked:
            asked.append(children.started[0].poll())
        return {"PREFECT_API_URL": "2" if len(asked) > 3 else "1"}

    monkeypatch.setattr(supervising, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(supervising.subprocess, "Popen", children)
    supervising.supervise(ASSIGNMENT, surroundings, interruption, lambda _: interruption.ask())
    assert asked == [None] * 4, "it is waited for as long as nothing changes"


def test_the_runner_ends_with_its_parent() -> None:
    code = (
        "import os, time; from flows.lifeline import at_the_end_of_the_parent; "
        "at_the_end_of_the_parent(lambda: os._exit(7)); time.sleep(600)"
    )
    reading, writing = os.pipe()
    child = subprocess.Popen([sys.executable, "-c", code], stdin=reading)
    os.close(reading)
    threading.Timer(0.2, os.close, [writing]).start()
    assert child.wait(60) == 7
