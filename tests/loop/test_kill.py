"""SIGKILL at any moment, and go on: the same history as if nothing had happened."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from loop.campaign import Campaign
from loop.history import History
from loop.session import Session

RUNNER = """
import os, signal, sys, time
from pathlib import Path
from loop.campaign import Campaign
from loop.session import Session

campaign = Path(sys.argv[1])

def run(path):
    with Session(Campaign.load(campaign), Path(path)) as session:
        while not session.is_over:
            session.step()

run(sys.argv[2])
print("ready", flush=True)
while line := sys.stdin.readline().strip():
    path, seconds = line.split("\\t")
    child = os.fork()
    if child == 0:
        run(path)
        os._exit(0)
    time.sleep(float(seconds))
    if seconds != "0":
        os.kill(child, signal.SIGKILL)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Forks a fresh process for each line of its input, after one run of its own: the forks have nothing to import."""

KILLS = int(os.environ.get("DOUKA_KILLS", "200"))
"""Of the slow test."""


class Runner:
    def __init__(self, campaign: Path, first: Path) -> None:
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", RUNNER, str(campaign), str(first)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment,
        )  # fmt: skip

    def __enter__(self) -> Runner:
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate("")

    def run(self, path: Path, killed_after: float = 0) -> int:
        """Run to the end, or kill after some seconds; the exit code, -9 where it was killed."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{path}\t{killed_after}\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())


def _is_over(path: Path) -> bool:
    if not History.exists(path):
        return False
    with History.open(path) as history:
        records = list(history.records())
    ended = sum(len(record.changes) for record in records)
    return bool(records and records[-1].summary["stopped"]) and ended == sum(len(r.requests) for r in records)


def _check(path: Path, digest: str) -> None:
    with History.open(path) as history:
        assert history.digest() == digest
        assert history.verify()
        asked = Counter(request.id for record in history.records() for request in record.requests)
    assert set(asked.values()) == {1}


@pytest.mark.parametrize("kills", [6, pytest.param(KILLS, marks=pytest.mark.slow)])
def test_killed_again_and_again_the_history_is_the_same(tiny_folder: Path, tmp_path: Path, kills: int) -> None:
    rng, done, cycles = np.random.default_rng(0), 0, set[int]()

    def is_enough() -> bool:  # on a busy machine, several kills may fall into one cycle
        return done >= kills and len(cycles) > 1

    with Runner(tiny_folder, tmp_path / "first") as runner:
        took = min(_time_of(runner, tmp_path / f"undisturbed{k}") for k in range(2))
        with History.open(tmp_path / "undisturbed0") as history:
            undisturbed = history.digest()
        for number in range(2 * kills):
            path = tmp_path / f"history{number}"
            while not (is_enough() or _is_over(path)):
                done += runner.run(path, float(rng.uniform(0.001, 0.35 * took))) == -signal.SIGKILL
                cycles.add(_length(path))
            assert runner.run(path) == 0
            _check(path, undisturbed)
            if is_enough():
                break
    print(f"plain runner: {done} kills over {number + 1} histories, all equal to the undisturbed one")
    assert done >= kills
    assert len(cycles) > 1, f"killed after {cycles} cycles only"


def test_another_process_comes_to_the_same_digest(tiny_folder: Path, tmp_path: Path) -> None:
    """Not even the last bit depends on what else a process has loaded."""
    with Session(Campaign.load(tiny_folder), tmp_path / "here") as session:
        while not session.is_over:
            session.step()
        here = session.history.digest()
    with Runner(tiny_folder, tmp_path / "there"), History.open(tmp_path / "there") as history:
        assert history.digest() == here


def _time_of(runner: Runner, path: Path) -> float:
    started = time.perf_counter()
    assert runner.run(path) == 0
    return time.perf_counter() - started


def _length(path: Path) -> int:
    if not History.exists(path):
        return 0
    with History.open(path) as history:
        return history.next_number
