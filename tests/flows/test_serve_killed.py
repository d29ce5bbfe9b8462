"""``serve_campaign`` under ``kill -9`` of flow child and runner: the campaign goes on, nothing is acted on twice."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from loop.errors import HistoryLockedError
from loop.history import History
from loop.history.lock import WriterLock
from loop.replay import replay

Program = Callable[..., "subprocess.Popen[str]"]
Eventually = Callable[[Callable[[], bool], float], None]
KILLS = 3
PATIENCE = 300.0

pytestmark = [pytest.mark.server, pytest.mark.timeout(1500)]


def _sealed(history: Path) -> int:
    return History.open(history).next_number if History.exists(history) else 0


def _is_free(history: Path) -> bool:
    """Whether nobody writes the history any more."""
    try:
        WriterLock(history).release()
    except HistoryLockedError:
        return False
    return True


def _flow_children(parent: int) -> list[int]:
    """Processes of flow runs that a runner started."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "cmdline").read_bytes().decode().split("\0")
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == parent and any(word.startswith("prefect.") for word in words):
                found.append(int(folder.name))
    return found


def _kill_a_child(parent: int, eventually: Eventually) -> None:
    eventually(lambda: bool(_flow_children(parent)), PATIENCE)
    for child in _flow_children(parent):
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def test_killed_again_and_again_it_goes_on(
    program: Program,
    serve_code: str,
    make_campaign: Callable[..., Path],
    tmp_path: Path,
    plain_digest: Callable[[Path, Path], str],
    servers: Callable[[Path], list[int]],
    eventually: Eventually,
) -> None:
    long = ("experiments = 5", "experiments = 8"), ("slots = 2\ncost = 1", "slots = 1\ncost = 1")
    campaign, history, home = make_campaign(*long), tmp_path / "history", tmp_path / "home"
    for _ in range(KILLS):
        process = program(serve_code, campaign, history, home, 3)
        _kill_a_child(process.pid, eventually)
        before = _sealed(history)
        eventually(lambda before=before: _sealed(history) > before, PATIENCE)  # type: ignore[misc]
        os.killpg(process.pid, signal.SIGKILL)  # the runner, and a flow run that may be at work
        process.wait()
        eventually(lambda: _is_free(history), 60)
        eventually(lambda: not servers(home), 60)
    reached = _sealed(history)
    assert plain_digest(campaign, history) == plain_digest(campaign, tmp_path / "plain")
    with History.open(history) as kept:
        assert all(not cycle.differences for cycle in replay(kept))
        records = list(kept.records())
    ended = Counter(change.request_id for record in records for change in record.changes)
    assert set(ended.values()) == {1}, "one outcome a request"
    print(f"served: {KILLS} kills of a flow child and {KILLS} of the runner, {reached} cycles meanwhile")
