"""What follows from news: a run, followed to its end, without a server."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID, uuid4

import pytest

from flows.triggers.lookout import Lookout
from flows.triggers.standing import Standing
from flows.triggers.trigger import News, Trigger
from flows.triggers.watch import BLOCKED_SECONDS, Watch

Clock = Any
"""See the fixture."""


class Scene:
    """A campaign that is watched, and a scheduler that does what a test says."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.ready: set[str] = set()
        self.free, self.held, self.sealed = True, False, 0
        self.runs: list[tuple[News, int]] = []
        self.stands = Standing.TO_COME
        self.cleared = 0
        self.lookout = Lookout("slot", lambda: self.ready, pytest.fail, clock)
        self.watch = Watch(Trigger(clock), self, lambda: self.held, lambda: self.sealed, since="noon", clock=clock)
        self.watch.lookouts = [self.lookout]

    async def is_free(self) -> bool:
        return self.free

    async def start(self, news: News, attempt: int) -> UUID:
        self.runs.append((news, attempt))
        self.stands = Standing.TO_COME
        return uuid4()

    async def standing(self, run: UUID) -> Standing:
        assert isinstance(run, UUID)
        return self.stands

    async def clear(self) -> None:
        self.cleared += 1

    def pass_by(self, seconds: int) -> None:
        """Look and step every second."""
        for _ in range(seconds):
            self.clock.pass_by(1.0)
            self.lookout.look()
            asyncio.run(self.watch.step())

    def end(self, stands: Standing, *, sealed: int = 0) -> None:
        """The run at work ends."""
        self.sealed += sealed
        self.stands = stands
        self.pass_by(1)


@pytest.fixture
def scene(clock: Clock) -> Scene:
    """Served, and the first cycle done."""
    made = Scene(clock)
    made.pass_by(3)
    assert made.runs == [(frozenset({"served since noon"}), 0)], "the first cycle is done at once"
    made.end(Standing.DONE, sealed=1)
    made.runs.clear()
    made.pass_by(60)
    assert not made.runs, "without news there is no cycle"
    return made


def test_news_start_one_cycle(scene: Scene) -> None:
    scene.ready |= {"a", "b"}
    scene.pass_by(5)
    scene.end(Standing.DONE, sealed=1)
    scene.pass_by(60)
    assert scene.runs == [(frozenset({"slot: a", "slot: b"}), 0)]


def test_what_comes_before_the_cycle_begins_is_seen_by_it(scene: Scene) -> None:
    scene.ready.add("a")
    scene.pass_by(5)
    scene.ready.add("b")
    scene.pass_by(5)
    scene.stands = Standing.AT_WORK
    scene.pass_by(5)
    scene.end(Standing.DONE, sealed=1)
    scene.pass_by(60)
    assert len(scene.runs) == 1


def test_what_comes_while_a_cycle_is_at_work_starts_one_after_it(scene: Scene) -> None:
    scene.ready.add("a")
    scene.pass_by(5)
    scene.stands = Standing.AT_WORK
    scene.pass_by(1)
    scene.ready.add("b")
    scene.pass_by(60)
    assert len(scene.runs) == 1
    scene.end(Standing.DONE, sealed=1)
    scene.pass_by(10)
    assert scene.runs[1:] == [(frozenset({"slot: b"}), 0)]


def test_what_a_scheduled_cycle_delays_comes_after_it(scene: Scene) -> None:
    scene.free = False
    scene.ready.add("a")
    scene.pass_by(60)
    assert not scene.runs
    scene.free = True
    scene.pass_by(2)
    assert [news for news, _ in scene.runs] == [{"slot: a"}]


def test_a_cancelled_run_loses_no_news_and_is_another_run_the_next_time(scene: Scene) -> None:
    scene.ready.add("a")
    scene.pass_by(5)
    scene.end(Standing.FRUSTRATED)
    scene.pass_by(30)
    assert scene.runs == [(frozenset({"slot: a"}), 0), (frozenset({"slot: a"}), 1)]


@pytest.mark.parametrize("is_ours", [True, False])
def test_a_run_that_is_in_the_way_for_long_is_asked_whether_it_lives(scene: Scene, is_ours: bool) -> None:
    scene.free = is_ours
    scene.ready.add("a")
    scene.pass_by(5)
    scene.stands = Standing.AT_WORK
    scene.pass_by(int(BLOCKED_SECONDS) - 10)
    assert scene.cleared == 0
    scene.pass_by(20)
    assert scene.cleared == 1
    scene.free = True
    scene.end(Standing.FRUSTRATED)
    scene.pass_by(30)
    assert len(scene.runs) == 1 + is_ours, "what it was for is not lost"
    assert scene.cleared == 1


def test_nothing_starts_while_an_order_stands(scene: Scene) -> None:
    scene.held = True
    scene.ready.add("a")
    scene.pass_by(600)
    assert not scene.runs
    scene.held = False
    scene.pass_by(2)
    assert [news for news, _ in scene.runs] == [{"slot: a"}]


def test_what_an_answered_request_leaves_behind_is_no_news(scene: Scene) -> None:
    scene.ready.add("answer 000001-slot-0")
    scene.pass_by(5)
    scene.ready.clear()
    scene.end(Standing.DONE, sealed=1)
    scene.pass_by(60)
    assert len(scene.runs) == 1
