"""A campaign served on a schedule of seconds, for sixty cycles, with ``kill -9`` of all that is at work."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from importlib.util import module_from_spec, spec_from_file_location
from itertools import pairwise
from pathlib import Path
from statistics import median

import pytest

from loop.history import History
from loop.replay import replay

Program = Callable[..., "subprocess.Popen[str]"]
Servers = Callable[[Path], list[int]]
CYCLES = 60
KILLS = 3
EVERY_SECONDS = 2
RECOVERY_SECONDS = 90.0
SCRIPT = Path(__file__).parents[1] / "benchmarks" / "long_service.py"

pytestmark = [pytest.mark.slow, pytest.mark.server, pytest.mark.timeout(1700)]


def _campaign(folder: Path) -> Path:
    """That of the measurement by hand: adapters answer at once, and there are points enough."""
    found = spec_from_file_location("long_service", SCRIPT)
    assert found is not None
    assert found.loader is not None
    script = module_from_spec(found)
    found.loader.exec_module(script)
    made: Path = script.make_campaign(folder, CYCLES)
    return made


def _sealed(history: Path) -> int:
    return History.open(history).next_number if History.exists(history) else 0


def _ask(home: Path, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(home / "prefect.db")) as database:
        return list(database.execute(query))


def _children(parents: Iterable[int], word: str) -> list[int]:
    """Processes that some processes started, with a word in their command line."""
    found, wanted = [], set(parents)
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (folder / "cmdline").read_bytes().decode(errors="replace")
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) in wanted and word in command:
                found.append(int(folder.name))
    return found


@dataclass
class Killer:
    """Kills what a served campaign consists of, and takes the time until it goes on."""

    service: int
    home: Path
    history: Path
    servers: Servers
    seconds: dict[str, list[float]] = field(default_factory=dict)
    pace: list[float] = field(default_factory=list)

    def find(self, what: str) -> list[int]:
        if what == "server":
            return self.servers(self.home)
        runners = _children([self.service], "flows.runner_process")
        return runners if what == "runner" else _children(runners, "prefect.")

    def kill(self, what: str) -> None:
        """Kill the next one of it, and wait until a cycle is sealed that was not begun then."""
        gone = self.find(what) if what == "flow run" else []  # one that has sealed its cycle may still be ending
        while not (found := [process for process in self.find(what) if process not in gone]):
            time.sleep(0.05)
        for process in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        self.seconds.setdefault(what, []).append(self.wait_for_cycles(1 if what == "flow run" else 2))

    def watch(self) -> None:
        """See how long a cycle takes when nobody kills anything."""
        self.pace.append(self.wait_for_cycles(1))

    def wait_for_cycles(self, count: int) -> float:
        begun, wanted = time.monotonic(), _sealed(self.history) + count
        while _sealed(self.history) < wanted:
            time.sleep(0.1)
        return time.monotonic() - begun


def test_weeks_in_minutes(
    program: Program,
    serve_code: str,
    tmp_path: Path,
    digest: Callable[[Path], str],
    plain_digest: Callable[[Path, Path], str],
    servers: Servers,
) -> None:
    campaign, history, home = _campaign(tmp_path / "long"), tmp_path / "history", tmp_path / "home"
    begun = time.monotonic()
    process = program(serve_code, campaign, history, home, EVERY_SECONDS)
    killer = Killer(process.pid, home, history, servers)
    killer.wait_for_cycles(2)
    for _ in range(KILLS):
        for what in ("flow run", "runner", "server"):
            killer.watch()
            killer.kill(what)
    output, _ = process.communicate(timeout=1500)
    assert process.returncode == 0, (tmp_path / "stderr-0.txt").read_text()
    assert output.splitlines()[-1].startswith("the campaign is over")
    assert servers(home) == []
    _check_history(campaign, history, tmp_path / "plain", digest, plain_digest)
    scheduled = _check_runs(home, history)
    # The bound of an idle machine; on a busy one everything takes longer, a cycle without kills as well.
    bound = max(RECOVERY_SECONDS, 12 * median(killer.pace))
    assert all(each <= bound for times in killer.seconds.values() for each in times), killer.seconds
    spoken = ", ".join(f"{what} {' '.join(f'{one:.0f}' for one in times)}" for what, times in killer.seconds.items())
    print(
        f"served: {CYCLES} cycles in {time.monotonic() - begun:.0f} s, {scheduled} of them by scheduled runs; "
        f"{KILLS} kills of each, seconds until it went on: {spoken}; a cycle without kills: {median(killer.pace):.1f}"
    )


def _check_history(
    campaign: Path,
    history: Path,
    plain: Path,
    digest: Callable[[Path], str],
    plain_digest: Callable[[Path, Path], str],
) -> None:
    assert digest(history) == plain_digest(campaign, plain)
    with History.open(history) as kept:
        assert kept.next_number == CYCLES
        assert all(not cycle.differences for cycle in replay(kept))
        records = list(kept.records())
    ended = Counter(change.request_id for record in records for change in record.changes)
    assert set(ended.values()) == {1}, "one outcome a request"


def _check_runs(home: Path, history: Path) -> int:
    """Scheduled runs appear, one at a time; how many of them did a cycle."""
    times = _ask(home, "select start_time, end_time from flow_run where state_type = 'COMPLETED' order by start_time")
    assert all(end <= start for (_, end), (start, _) in pairwise(times))  # type: ignore[operator]
    assert _ask(home, "select count(*) from flow_run where state_type in ('FAILED', 'RUNNING')") == [(0,)]
    ((crashed,),) = _ask(home, "select count(*) from flow_run where state_type = 'CRASHED'")
    assert isinstance(crashed, int)
    assert crashed >= 1, "kills of flow runs were seen"
    assert _ask(home, "select paused from deployment") == [(1,)]
    ((scheduled,),) = _ask(home, "select count(*) from flow_run where auto_scheduled and state_type = 'COMPLETED'")
    # Others: the first run of each runner, and what was killed after it had sealed its cycle.
    assert isinstance(scheduled, int)
    assert scheduled >= _sealed(history) - 2 * (KILLS + 1) - 2 * KILLS
    names = {name for (name,) in _ask(home, "select name from flow_run where state_type = 'COMPLETED'")}
    assert "long 0000" in names
    return scheduled
