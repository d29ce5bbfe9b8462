"""What people order reaches a campaign that is served, through a live server; Ctrl-C ends everything.

That scheduled runs appear, one at a time, and what is killed: ``test_weeks.py``.
"""

from __future__ import annotations

import signal
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from flows.cli.ordering import order_command, resume_command
from loop.control import Kind
from loop.history import History
from loop.records import Status
from loop.state import fold

Program = Callable[..., "subprocess.Popen[str]"]
Eventually = Callable[[Callable[[], bool], float], None]
PATIENCE = 600.0
EVERY_SECONDS = 2
# Points enough for all of the test, and nothing that would pause the campaign by itself.
LONG = (
    ("experiments = 5", "cycles = 500\n\n[admit]\nz_limit = 1000"),
    ('table = "measurements.csv"', 'table = "long.csv"'),
    ("slots = 2\ncost = 1", "slots = 1\ncost = 1"),
    ('adapter = "archive"', 'adapter = "slow"'),
)
SLOW = """
import time
from adapters.instruments.archive import Archive

class Slow(Archive):
    def __init__(self, context):
        super().__init__(context)
        self.folder = context.folder

    def submit(self, request):
        if (self.folder / "slow").exists():
            (self.folder / "begun").touch()
            while not (self.folder / "go").exists():
                time.sleep(0.1)
            (self.folder / "handed out").touch()
        super().submit(request)

    def collect(self):
        if self._submitted and (self.folder / "late").exists():
            (self.folder / "kept back").touch()
            return []
        return super().collect()
"""

pytestmark = [pytest.mark.server, pytest.mark.timeout(1700)]


def _ask(home: Path, query: str) -> int:
    with closing(sqlite3.connect(home / "prefect.db")) as database:
        ((found,),) = database.execute(query)
    assert isinstance(found, int)
    return found


def _sealed(history: Path) -> int:
    return History.open(history).next_number if History.exists(history) else 0


def _until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if words in line:
            return line
    raise AssertionError(f"{words!r} was never said")


def _installed(folder: Path) -> Path:
    """Where an instrument lies that takes requests slowly beside a file ``slow``, keeps answers beside ``late``."""
    about = folder / "slow-1.0.dist-info"
    about.mkdir(parents=True)
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: slow\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text("[douka.instruments]\nslow = slow_archive:Slow\n")
    (folder / "slow_archive.py").write_text(SLOW)
    return folder


def test_people_pause_resume_and_stop_a_served_campaign(
    program: Program,
    serve_code: str,
    make_campaign: Callable[..., Path],
    tmp_path: Path,
    servers: Callable[[Path], list[int]],
    eventually: Eventually,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site = _installed(tmp_path / "site")
    monkeypatch.syspath_prepend(site)
    monkeypatch.setenv("PYTHONPATH", str(site))
    campaign, history, home = make_campaign(*LONG), tmp_path / "history", tmp_path / "home"
    rows = (f"{n / 400:.4f},{2.1 + n / 400 - (n / 400) ** 2:.4f},muB/f.u.,A" for n in range(401))
    (campaign / "long.csv").write_text("\n".join(["a,value,unit,laboratory", *rows, ""]), encoding="utf-8")
    told, served = str(campaign), (serve_code, campaign, history, home, EVERY_SECONDS)

    process = program(*served)
    assert "http://127.0.0.1:" in _until(process, "Prefect's pages")
    _until(process, "cycle 0000")
    order_command(told, Kind.PAUSE, "a leak", history)
    _until(process, "the campaign is paused by")
    held = "select count(*) from flow_run where state_name = 'Paused'"
    eventually(lambda: _ask(home, held) >= 1, PATIENCE)
    before = _sealed(history)
    eventually(lambda: _ask(home, held) >= 3, PATIENCE)
    assert _sealed(history) == before, "its scheduled runs go on, and do nothing"
    resume_command(told, "mended", history)
    _until(process, "the campaign is resumed")
    eventually(lambda: _sealed(history) > before, PATIENCE)

    order_command(told, Kind.STOP, "the weekend", history)
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "the campaign is stopped by" in output  # the cycle that it ended at may be told after it
    _check_ended(home, servers)
    refused = program(*served)
    assert refused.wait(PATIENCE) != 0
    assert "douka resume" in (tmp_path / "stderr-1.txt").read_text()

    resume_command(told, "Monday", history)
    process, before = program(*served), _sealed(history)
    eventually(lambda: _sealed(history) > before, PATIENCE)
    (campaign / "late").touch()
    eventually((campaign / "kept back").exists, PATIENCE)  # what has its value is not given up, whoever looks first
    order_command(told, Kind.STOP_NOW, "smoke", history)
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    _check_ended(home, servers)
    with History.open(history) as kept:
        requests = fold(kept.records()).requests.values()
    assert any(request.status is Status.CANCELLED for request in requests), "stop --now gave up what was under way"
    (campaign / "late").unlink()

    resume_command(told, "nothing burns", history)
    process, before = program(*served), _sealed(history)
    eventually(lambda: _sealed(history) > before, PATIENCE)
    (campaign / "slow").touch()
    eventually((campaign / "begun").exists, PATIENCE)
    process.send_signal(signal.SIGINT)
    _until(process, "the cycle at work is ended first")
    (campaign / "go").touch()
    process.communicate(timeout=PATIENCE)
    assert (campaign / "handed out").exists(), "nothing is ended while it hands a request to an instrument"
    assert (tmp_path / "stderr-3.txt").read_text().rstrip().endswith("KeyboardInterrupt")
    _check_ended(home, servers)


def _check_ended(home: Path, servers: Callable[[Path], list[int]]) -> None:
    assert servers(home) == []
    assert _ask(home, "select paused from deployment") == 1
