"""How serving ends, with a cycle at work: after it, or at once; Prefect's runner is played, so no server is needed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from flows import last_cycle, obeying, runner
from flows.interruption import Interruption
from loop.campaign import Campaign
from loop.control import Kind, Order, Orders
from loop.history import History
from loop.history.lock import WriterLock
from loop.records import Status
from loop.session import Session
from loop.state import State, fold


class Stage:
    """A campaign of one cycle, and a second one that is at work while it is served."""

    def __init__(self, folder: Path) -> None:
        self.campaign, self.history = Campaign.load(folder), folder / "history"
        self.interruption = Interruption()
        self.said: list[str] = []
        self.told: list[str] = []
        self.told_of: list[set[Status]] = []
        self.ends = asyncio.Event()
        self.at_work = False
        self.looks = 0

    async def run(self, *_: object) -> None:
        """As Prefect's runner does: who cancels it ends the cycle in its middle."""
        lock, self.at_work = WriterLock(self.history), True
        try:
            self.told.append("begun")
            self.begun()
            await self.ends.wait()
            self.told.append("handed out")
        finally:
            lock.release()
            self.at_work = False
        await asyncio.Event().wait()

    def begun(self) -> None:
        """What a person does then."""

    async def pause(self, *_: object) -> None:
        """Keep Prefect from beginning another one."""
        self.told.append("paused")

    def say(self, line: str) -> None:
        """Let the cycle end once it is said to be waited for."""
        self.said.append(line)
        if "the cycle at work is ended first" in line:
            self.ends.set()

    def order(self, kind: Kind) -> None:
        """As a person does, who cannot reach the adapters."""
        Orders(self.history).give(Order(kind=kind, person="Anna", time="noon", reason="a leak"))

    @property
    def state(self) -> State:
        """What is sealed."""
        with History.open(self.history) as kept:
            return fold(kept.records())

    @property
    def statuses(self) -> set[Status]:
        """How its requests stand."""
        return {each.status for each in self.state.requests.values()}

    def bury(self) -> None:
        """Look after runs that were at work when serving began."""
        self.looks += 1

    def tell(self, _: Campaign, __: Path, state: State) -> None:
        """Tell people how serving ended."""
        self.told_of.append({each.status for each in state.requests.values()})

    def serve(self) -> None:
        """To the end."""
        every = timedelta(hours=1)
        asyncio.run(runner.serve_until_over(self.campaign, self.history, every, self.interruption, self.say))


@pytest.fixture
def stage(make_campaign: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Ready to be served."""
    made = Stage(make_campaign())
    with Session(made.campaign, made.history) as session:
        session.step()
    monkeypatch.setattr(runner, "LOOK_SECONDS", 0.01)
    monkeypatch.setattr(runner, "_run", made.run)
    monkeypatch.setattr(runner, "_pause", made.pause)
    monkeypatch.setattr(runner, "tell_the_end", made.tell)
    monkeypatch.setattr(runner, "Burial", lambda _: SimpleNamespace(missed=(), look=made.bury))
    monkeypatch.setattr(last_cycle, "runs_at_work", lambda _: {1} if made.at_work else set())
    return made


def test_stopped_by_an_order_the_cycle_at_work_is_ended_first(stage: Stage) -> None:
    stage.begun = lambda: stage.order(Kind.STOP)  # type: ignore[method-assign]
    stage.serve()
    assert stage.told == ["begun", "paused", "handed out"]
    assert stage.said[0] == "the campaign is stopped by Anna at noon: a leak"
    assert len(stage.said) == 2, "that it is waited for is said once"
    assert stage.looks > 0, "what was at work when serving began is looked after"
    WriterLock(stage.history).release()


def test_interrupted_the_cycle_at_work_is_ended_first(stage: Stage) -> None:
    stage.begun = stage.interruption.ask  # type: ignore[method-assign]
    stage.serve()
    assert stage.told == ["begun", "paused", "handed out"]


def test_that_it_is_over_is_said_last(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    async def run(*_: object) -> None:
        with Session(stage.campaign, stage.history) as session:
            stage.at_work = True
            while not session.is_over:
                session.step()
            while "paused" not in stage.told:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.2)  # its run shows what it did
        stage.told.append("shown")
        stage.at_work = False
        await asyncio.Event().wait()

    monkeypatch.setattr(runner, "_run", run)
    stage.serve()
    assert stage.told == ["paused", "shown"]
    assert [line for line in stage.said if not line.startswith("cycle ")] == [
        f"the campaign is over: {stage.state.stopped}"
    ]


def test_stopped_at_once_nothing_is_waited_for_and_what_is_under_way_is_given_up(stage: Stage) -> None:
    stage.begun = lambda: stage.order(Kind.STOP_NOW)  # type: ignore[method-assign]
    stage.serve()
    assert stage.told == ["begun"]
    assert stage.statuses == {Status.CANCELLED}
    assert Orders(stage.history).is_settled(Orders(stage.history).all()[-1])
    assert "000000-laboratory-0: cancelled" in stage.said
    assert stage.told_of == [{Status.CANCELLED}], "people are told after it was done"


def test_stopped_at_once_while_a_cycle_is_waited_for(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.begun = stage.interruption.ask  # type: ignore[method-assign]
    monkeypatch.setattr(stage.ends, "set", lambda: stage.order(Kind.STOP_NOW))
    stage.serve()
    assert stage.told == ["begun", "paused"]
    assert stage.statuses == {Status.CANCELLED}


def test_what_another_process_has_to_give_up_is_said(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def impatient(*arguments: Any, **options: Any) -> Any:
        return give_up_now(*arguments, patience=0.0, **options)

    give_up_now = obeying.give_up_now
    monkeypatch.setattr(obeying, "give_up_now", impatient)
    stage.order(Kind.STOP_NOW)
    lock = WriterLock(stage.history)
    stage.serve()
    lock.release()
    assert stage.told == [], "stopped before: nothing is begun"
    assert "the order stands and the adapters are told, but the history does not say so yet" in stage.said[-1]
    assert not Orders(stage.history).is_settled(Orders(stage.history).all()[-1])
