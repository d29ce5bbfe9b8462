"""``serve_campaign`` on a schedule of an hour: what arrives meanwhile is sealed within seconds."""

from __future__ import annotations

import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import httpx
import pytest

from flows.triggers.asking import ask
from loop.history import History

Program = Callable[..., "subprocess.Popen[str]"]
Eventually = Callable[[Callable[[], bool], float], None]
HOUR = 3600
CYCLES = """
with cycles as (
    select flow_run.* from flow_run join deployment on deployment.id = deployment_id
    where entrypoint like '%campaign_cycle'
)
"""  # beside them are the runs that ask people
PATIENCE = 240.0
PEOPLE = (
    ('adapter = "archive"', 'adapter = "worksheet"'),
    ('options = { table = "measurements.csv" }', 'options = { folder = "drop", quiet_seconds = 0 }'),
)
BY_HAND = """
import asyncio, sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID
from flows.settings import client_settings, environment
home, port, deployment, history = sys.argv[1:]
with environment(client_settings(Path(home), int(port), quiet=False)):
    from prefect.client.orchestration import get_client
    from prefect.states import Running, Scheduled
    from flows.triggers.starter import Starter
    starter = Starter(UUID(deployment), Path(history))

    async def zombie():
        later = Scheduled(scheduled_time=datetime.now(UTC) + timedelta(days=1))
        async with get_client() as client:
            run = await client.create_flow_run_from_deployment(UUID(deployment), state=later)
            await client.set_flow_run_state(run.id, Running(), force=True)
            await starter.clear()
            return (await client.read_flow_run(run.id)).state_name

    async def main():
        return [await zombie(), *[await starter.start(frozenset({"a file"}), attempt) for attempt in (0, 0, 1)]]

    print(*asyncio.run(main()))
"""

pytestmark = [pytest.mark.server, pytest.mark.timeout(900)]


class Served:
    """A campaign that is served, and what a person sees of it."""

    def __init__(self, campaign: Path, history: Path, home: Path, url: str) -> None:
        self.campaign, self.history, self.home, self.url = campaign, history, home, url

    @property
    def sealed(self) -> int:
        return History.open(self.history).next_number if History.exists(self.history) else 0

    @property
    def runs(self) -> int:
        """How many runs began."""
        return len(self.ask("select id from cycles where start_time is not null"))

    @property
    def is_idle(self) -> bool:
        """Whether every run that began has ended."""
        return not self.ask("select id from cycles where start_time is not null and end_time is null")

    def ask(self, query: str) -> list[tuple[str, ...]]:
        with closing(sqlite3.connect(self.home / "prefect.db")) as database:
            return list(database.execute(CYCLES + query))

    def fill(self) -> None:
        """Somebody measures what is asked first."""
        with History.open(self.history) as history:
            asked = [each["id"] for each in history.overview().open_requests if each["adapter"] == "laboratory"]
        text = f"request,value,unit,measured by,measured on\n{asked[0]},2.1,muB/f.u.,Ada,2020-03-02\n"
        (self.campaign / "answer.csv").write_text(text, encoding="utf-8")
        (self.campaign / "answer.csv").replace(self.campaign / "drop" / f"{asked[0]}.csv")

    def pause(self) -> bool:
        """Pause the deployment as in Prefect's pages; whether the server did it, which may be busy."""
        url = f"{self.url}/api/deployments/{self.deployment}"
        try:
            return httpx.patch(url, json={"paused": True}, timeout=60).is_success
        except httpx.TransportError:
            return False

    @property
    def deployment(self) -> str:
        """Its id."""
        ((name,),) = self.ask("select id from deployment where entrypoint like '%campaign_cycle'")
        return name


@pytest.fixture
def served(program: Program, serve_code: str, make_campaign: Callable[..., Path], tmp_path: Path) -> Served:
    campaign, history, home = make_campaign(*PEOPLE), tmp_path / "history", tmp_path / "home"
    process = program(serve_code, campaign, history, home, HOUR)
    assert process.stdout is not None
    url = next(line for line in process.stdout if "http" in line).split()[-1]
    return Served(campaign, history, home, url)


def test_news_start_cycles_at_once(served: Served, program: Program, eventually: Eventually) -> None:
    eventually(lambda: served.sealed == 1, PATIENCE)

    began = time.monotonic()
    served.fill()
    eventually(lambda: served.sealed == 2, PATIENCE)
    print(f"triggered: a worksheet was sealed {time.monotonic() - began:.0f} s after it arrived")

    # What a look saw between an answer and its seal is looked at again, and may start a cycle.
    time.sleep(6)
    eventually(lambda: served.is_idle, PATIENCE)
    before = served.runs
    ask(served.history, "Ben", "noon")
    eventually(lambda: served.runs == before + 1, PATIENCE)
    why = "select message from flow_run_state where type = 'SCHEDULED' and message like '%asked for by Ben%'"
    assert len(served.ask(why)) == 1

    eventually(lambda: served.is_idle, PATIENCE)
    sealed = served.sealed
    eventually(served.pause, PATIENCE)
    served.fill()
    time.sleep(6)
    assert (served.runs, served.sealed) == (before + 1, sealed), "paused in Prefect's pages, news start nothing"
    port = served.url.rpartition(":")[2]
    words, _ = program(BY_HAND, served.home, port, served.deployment, served.history).communicate(timeout=PATIENCE)
    zombie, first, duplicate, again = words.split()
    assert zombie == "Crashed", "a run that nobody works at is not in the way"
    assert first == duplicate, "the same news at the same attempt are one run"
    assert again != first
    # A run that somebody starts by hand is done all the same.
    eventually(lambda: served.sealed > sealed, PATIENCE)
    times = served.ask("select start_time, end_time from cycles where start_time is not null order by start_time")
    assert all(end and end <= start for (_, end), (start, _) in pairwise(times)), "never two at once"
    assert served.ask("select count(*) from cycles where auto_scheduled and start_time is not null") == [(0,)]
