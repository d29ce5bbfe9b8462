"""``run_campaign``: the plain loop's history, a quiet console, errors as they are, kills survived."""

from __future__ import annotations

import random
import re
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path

import pytest

from flows import campaign_flow
from flows.artifacts.keys import artifact_key
from flows.underway import underway
from loop.campaign import Campaign
from loop.control import Kind, Order, Orders
from loop.history import History
from loop.session import Session

Program = Callable[..., "subprocess.Popen[str]"]
MakeCampaign = Callable[..., Path]
Digests = Callable[[Path, Path], str]
Eventually = Callable[[Callable[[], bool], float], None]
STILL_SENDING = re.compile(r"WARNING \| \w+ - Still processing items: \d+ items remaining")
LONGER = ("experiments = 5", "experiments = 8")

pytestmark = pytest.mark.timeout(900)


def _runs(home: Path, history: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(home / "prefect.db")) as database:
        query = "select name, state_type from flow_run where parameters like ? order by created"
        return list(database.execute(query, (f'%"{history.resolve()}"%',)))


def _complaints(stderr: Path) -> list[str]:
    """What was said, but for the remark that events are still being sent (on a busy machine, or to a dead server)."""
    return [line for line in stderr.read_text().splitlines() if not STILL_SENDING.search(line)]


@pytest.mark.server
def test_the_same_history_as_without_prefect(
    program: Program,
    run_code: str,
    make_campaign: MakeCampaign,
    prefect_home: Path,
    tmp_path: Path,
    digest: Callable[[Path], str],
    plain_digest: Digests,
    servers: Callable[[Path], list[int]],
) -> None:
    campaign = make_campaign()
    process = program(run_code, campaign, tmp_path / "history", prefect_home)
    output, _ = process.communicate()
    assert process.returncode == 0
    assert digest(tmp_path / "history") == plain_digest(campaign, tmp_path / "plain")
    with History.open(tmp_path / "history") as history:
        cycles = history.next_number
    assert output.splitlines() == [f"cycle {number}" for number in range(cycles)]
    assert _complaints(tmp_path / "stderr-0.txt") == []
    assert servers(prefect_home) == []
    assert _runs(prefect_home, tmp_path / "history") == [("tiny from 0000", "COMPLETED")]
    with closing(sqlite3.connect(prefect_home / "prefect.db")) as database:
        query = (
            "select task_run.name, task_run.state_type from task_run join flow_run on flow_run.id = flow_run_id "
            "where flow_run.parameters like ?"
        )
        tasks = set(database.execute(query, (f'%"{tmp_path / "history"}"%',)))
    steps = ("collect", "decide", "seal", "dispatch")
    assert tasks == {(f"cycle {number:04d}: {step}", "COMPLETED") for number in range(cycles) for step in steps}
    with closing(sqlite3.connect(prefect_home / "prefect.db")) as database:
        mine = "from flow_run left join artifact on flow_run.id = flow_run_id where flow_run.parameters like ?"
        query = (
            f"select flow_run.state_name, artifact.key, artifact.type, max(artifact.data) {mine} group by artifact.key"
        )
        shown = list(database.execute(query, (f'%"{tmp_path / "history"}"%',)))
    kinds = {"budget": "progress", "cycle": "markdown", "links": "markdown", "requests": "table"}
    key = partial(artifact_key, Campaign.load(campaign), tmp_path / "history")
    assert {row[:3] for row in shown} == {("Over", key(what), kind) for what, kind in kinds.items()}
    (report,) = (data for *_, name, _, data in shown if name == key("cycle"))
    assert "data:image/png;base64," in report


@pytest.mark.slow
@pytest.mark.server
def test_killed_at_random_times_it_goes_on(
    program: Program,
    run_code: str,
    make_campaign: MakeCampaign,
    prefect_home: Path,
    tmp_path: Path,
    digest: Callable[[Path], str],
    plain_digest: Digests,
    servers: Callable[[Path], list[int]],
    eventually: Eventually,
) -> None:
    campaign, chance, kills = make_campaign(LONGER), random.Random(0), 10
    undisturbed = plain_digest(campaign, tmp_path / "plain")
    killed = rounds = 0
    while killed < kills and rounds < kills:
        history = tmp_path / f"history-{rounds}"
        rounds += 1
        for _ in range(min(5, kills - killed)):
            process = program(run_code, campaign, history, prefect_home)
            for _ in range(chance.randrange(2)):
                process.stdout.readline()
            time.sleep(chance.uniform(0, 0.3))
            killed += process.poll() is None
            process.kill()
            process.wait()
        eventually(lambda: not servers(prefect_home), 30)
        process = program(run_code, campaign, history, prefect_home)
        process.communicate()
        assert process.returncode == 0
        assert digest(history) == undisturbed
        assert {state for _, state in _runs(prefect_home, history)} <= {"CRASHED", "COMPLETED"}
    print(f"through Prefect: {killed} kills over {rounds} histories, all equal to the undisturbed one")
    assert killed >= kills


ERROR = """
import sys
from pathlib import Path
from flows.campaign_flow import run_campaign
from loop.campaign import Campaign
from loop.errors import HistoryError
error = HistoryError("the disk is full")
def fail(record, session):
    raise error
try:
    run_campaign(Campaign.load(Path(sys.argv[1])), Path(sys.argv[2]), prefect_home=Path(sys.argv[3]), on_cycle=fail)
except HistoryError as caught:
    assert caught is error
    print("as it was raised")
"""


@pytest.mark.server
def test_errors_arrive_as_they_are(
    program: Program, make_campaign: MakeCampaign, prefect_home: Path, tmp_path: Path
) -> None:
    process = program(ERROR, make_campaign(), tmp_path / "history", prefect_home)
    assert process.communicate()[0] == "as it was raised\n"
    assert _complaints(tmp_path / "stderr-0.txt") == []
    assert _runs(prefect_home, tmp_path / "history") == [("tiny from 0000", "FAILED")]


@pytest.mark.server
def test_interrupted_it_seals_and_stops(
    program: Program,
    run_code: str,
    make_campaign: MakeCampaign,
    prefect_home: Path,
    tmp_path: Path,
    servers: Callable[[Path], list[int]],
) -> None:
    by_hand = ('adapter = "pool"', 'adapter = "folder"'), ('table = "calculations.csv"', 'folder = "inbox"')
    folder = make_campaign(*by_hand)
    process = program(run_code, folder, tmp_path / "history", prefect_home)
    while "waiting" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    process.wait(300)
    assert _complaints(tmp_path / "stderr-0.txt")[-1] == "KeyboardInterrupt"
    assert servers(prefect_home) == []
    assert _runs(prefect_home, tmp_path / "history") == [("tiny from 0000", "COMPLETED")]


def test_what_is_over_starts_nothing(
    program: Program,
    run_code: str,
    make_campaign: MakeCampaign,
    tmp_path: Path,
    plain_digest: Digests,
    digest: Callable[[Path], str],
) -> None:
    campaign = make_campaign()
    before = plain_digest(campaign, tmp_path / "history")
    process = program(run_code, campaign, tmp_path / "history", tmp_path / "home")
    assert process.communicate()[0] == ""
    assert process.returncode == 0
    assert not (tmp_path / "home").exists()
    assert digest(tmp_path / "history") == before


KILLED_AT_THE_END = """
import os, signal, sys
from pathlib import Path
from flows.campaign_flow import run_campaign
from loop.campaign import Campaign
def kill(record, session):
    if session.is_over:
        os.kill(os.getpid(), signal.SIGKILL)
run_campaign(Campaign.load(Path(sys.argv[1])), Path(sys.argv[2]), prefect_home=Path(sys.argv[3]), on_cycle=kill)
"""


@pytest.mark.server
def test_killed_after_the_last_cycle_its_run_is_not_left_running(
    program: Program,
    run_code: str,
    serve_code: str,
    make_campaign: MakeCampaign,
    prefect_home: Path,
    tmp_path: Path,
    servers: Callable[[Path], list[int]],
    eventually: Eventually,
) -> None:
    campaign, history = make_campaign(), tmp_path / "history"
    process = program(KILLED_AT_THE_END, campaign, history, prefect_home)
    process.communicate()
    assert process.returncode == -signal.SIGKILL
    eventually(lambda: not servers(prefect_home), 30)
    assert [state for _, state in _runs(prefect_home, history)] == ["RUNNING"]
    for code, *more in ((serve_code, 60), (run_code,)):  # for the second one nothing is left to do
        process = program(code, campaign, history, prefect_home, *more)
        process.communicate()
        assert process.returncode == 0
        assert [state for _, state in _runs(prefect_home, history)] == ["CRASHED", "COMPLETED"]


def test_what_is_over_is_ended_where_a_process_was_killed_after_it(
    make_campaign: MakeCampaign, tmp_path: Path, plain_digest: Digests, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[Path] = []
    monkeypatch.setattr(campaign_flow, "_run", lambda session, *_, **__: ended.append(session.history.path))
    campaign, history = Campaign.load(make_campaign()), tmp_path / "history"
    plain_digest(campaign.folder, history)
    with suppress(ZeroDivisionError), underway(history):
        raise ZeroDivisionError
    campaign_flow.run_campaign(campaign, history, prefect_home=tmp_path)
    assert ended == [history]
    with underway(history):
        pass
    campaign_flow.run_campaign(campaign, history, prefect_home=tmp_path)
    assert ended == [history], "whoever was last came to the end"
    (history / "underway.1").touch()  # of another process, that was killed while this one came to the end
    with underway(history):
        pass
    campaign_flow.run_campaign(campaign, history, prefect_home=tmp_path)
    assert ended == [history, history]


SERVER_DIES = """
import os, signal, sys
from pathlib import Path
from flows.campaign_flow import run_campaign
from loop.campaign import Campaign
def kill(record, session):
    if record.number == 1:
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().decode().split(chr(0))
            except OSError:
                continue
            if "flows.server_process" in words and sys.argv[3] in words:
                os.kill(int(folder.name), signal.SIGKILL)
run_campaign(Campaign.load(Path(sys.argv[1])), Path(sys.argv[2]), prefect_home=Path(sys.argv[3]), on_cycle=kill)
"""


@pytest.mark.server
def test_a_server_that_dies_is_replaced(
    program: Program,
    make_campaign: MakeCampaign,
    prefect_home: Path,
    tmp_path: Path,
    digest: Callable[[Path], str],
    plain_digest: Digests,
    servers: Callable[[Path], list[int]],
) -> None:
    campaign = make_campaign()
    process = program(SERVER_DIES, campaign, tmp_path / "history", prefect_home)
    process.communicate(timeout=600)
    assert process.returncode == 0
    assert _complaints(tmp_path / "stderr-0.txt") == []
    assert digest(tmp_path / "history") == plain_digest(campaign, tmp_path / "plain")
    assert servers(prefect_home) == []
    assert _runs(prefect_home, tmp_path / "history") == [("tiny from 0000", "COMPLETED")]


@pytest.mark.server
def test_paused_it_waits_and_stopped_it_ends(
    program: Program,
    run_code: str,
    make_campaign: MakeCampaign,
    prefect_home: Path,
    tmp_path: Path,
    plain_digest: Digests,
) -> None:
    campaign, history = make_campaign(("seed = 3", "seed = 3\npoll_seconds = 0.1")), tmp_path / "history"
    orders = Orders(history)
    with Session(Campaign.load(campaign), history) as session:
        session.step()
    orders.give(Order(kind=Kind.PAUSE, person="Anna"))
    process = program(run_code, campaign, history, prefect_home)
    assert process.stdout.readline() == "waiting\n"
    orders.give(Order(kind=Kind.STOP, person="Anna"))
    process.communicate(timeout=600)
    assert process.returncode == 0
    assert History.open(history).next_number == 1
    assert _runs(prefect_home, history) == [("tiny from 0001", "COMPLETED")]
    orders.give(Order(kind=Kind.RESUME))
    orders.give(Order(kind=Kind.PAUSE, person="Anna"))
    process = program(run_code, campaign, history, prefect_home)
    assert process.stdout.readline() == "waiting\n"
    process.kill()
    process.wait()
    with Session(Campaign.load(campaign), history) as session:
        assert session.step() is None, "the order outlasts kill -9"
    orders.give(Order(kind=Kind.RESUME))
    assert plain_digest(campaign, history) == plain_digest(campaign, tmp_path / "plain")
