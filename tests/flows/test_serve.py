"""``serve_campaign``: scheduled runs really appear, one at a time, and nothing outlives it."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest

from loop.history import History

Program = Callable[..., "subprocess.Popen[str]"]
Eventually = Callable[[Callable[[], bool], float], None]

pytestmark = [pytest.mark.server, pytest.mark.timeout(900)]


def _ask(home: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "prefect.db")) as database:
        return list(database.execute(query))


def _sealed(history: Path) -> int:
    return History.open(history).next_number if History.exists(history) else 0


def _until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(f"{words!r} was never said")


def test_scheduled_runs_do_the_cycles(
    program: Program,
    serve_code: str,
    make_campaign: Callable[..., Path],
    tmp_path: Path,
    digest: Callable[[Path], str],
    plain_digest: Callable[[Path, Path], str],
    servers: Callable[[Path], list[int]],
) -> None:
    campaign, history, home = make_campaign(), tmp_path / "tiny-history", tmp_path / "home"
    process = program(serve_code, campaign, history, home, 4)
    output, _ = process.communicate(timeout=600)
    assert process.returncode == 0, (tmp_path / "stderr-0.txt").read_text()
    assert "http://127.0.0.1:" in output
    assert "the campaign is over" in output.splitlines()[-1]
    assert digest(history) == plain_digest(campaign, tmp_path / "plain")
    assert servers(home) == []
    scheduled = _ask(home, "select count(*) from flow_run where auto_scheduled and state_type = 'COMPLETED'")
    assert scheduled[0][0] >= _sealed(history) - 2  # type: ignore[operator]  # all but the first, and perhaps the last
    names = {name for (name,) in _ask(home, "select name from flow_run where state_type = 'COMPLETED'")}
    assert {f"tiny {number:04d}" for number in range(_sealed(history) - 1)} <= names
    times = _ask(home, "select start_time, end_time from flow_run where state_type = 'COMPLETED' order by start_time")
    assert all(end <= start for (_, end), (start, _) in pairwise(times))  # type: ignore[operator]
    assert _ask(home, "select paused from deployment") == [(1,)]
    assert _ask(home, "select count(*) from flow_run where state_type in ('FAILED', 'CRASHED')") == [(0,)]


def test_the_server_is_replaced_and_ctrl_c_ends_everything(
    program: Program,
    serve_code: str,
    make_campaign: Callable[..., Path],
    tmp_path: Path,
    servers: Callable[[Path], list[int]],
    eventually: Eventually,
) -> None:
    long = ("experiments = 5", "experiments = 8"), ("slots = 2\ncost = 1", "slots = 1\ncost = 1")
    campaign, history, home = make_campaign(*long), tmp_path / "history", tmp_path / "home"
    process = program(serve_code, campaign, history, home, 5)
    _until(process, "cycle 0000")
    (server,) = servers(home)
    os.kill(server, signal.SIGKILL)
    _until(process, "started again")
    before = _sealed(history)
    eventually(lambda: _sealed(history) >= before + 2, 240)
    process.send_signal(signal.SIGINT)
    process.wait(60)
    assert servers(home) == []
    assert (tmp_path / "stderr-0.txt").read_text().rstrip().endswith("KeyboardInterrupt")
    assert _ask(home, "select paused from deployment") == [(1,)]
