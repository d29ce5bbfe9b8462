"""When news start a cycle: once for what comes together, never lost, never a storm."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.triggers.trigger import (
    GAP_SECONDS,
    LONGEST_SECONDS,
    PATIENCE_SECONDS,
    SETTLE_SECONDS,
    News,
    Outcome,
    Trigger,
)

Clock = Any
"""See the fixture."""


def _due_after(trigger: Trigger, clock: Clock, ready: News, longest: float = 2 * LONGEST_SECONDS) -> float:
    """Seconds until a cycle is due, looked for every half second."""
    waited = 0.0
    while not trigger.due(ready):
        clock.pass_by(0.5)
        waited += 0.5
        assert waited < longest, "no cycle was ever due"
    return waited


def test_nothing_ready_nothing_due(clock: Clock) -> None:
    trigger = Trigger(clock)
    for _ in range(100):
        assert not trigger.due(frozenset())
        clock.pass_by(1)


def test_news_are_due_once_nothing_more_comes(clock: Clock) -> None:
    trigger, ready = Trigger(clock), frozenset[str]()
    for number in range(5):
        ready |= {f"file {number}"}
        assert not trigger.due(ready)
        clock.pass_by(SETTLE_SECONDS / 2)
    assert _due_after(trigger, clock, ready) <= SETTLE_SECONDS
    assert trigger.due(ready) == ready


def test_a_stream_without_end_is_not_waited_for(clock: Clock) -> None:
    trigger, begun = Trigger(clock), clock()
    number = 0
    while not trigger.due(frozenset({f"file {k}" for k in range(number)})):
        number += 1
        clock.pass_by(SETTLE_SECONDS / 2)
    assert PATIENCE_SECONDS <= clock() - begun <= PATIENCE_SECONDS + 2


def test_what_a_cycle_saw_is_no_news_and_what_came_later_is(clock: Clock) -> None:
    trigger, early, late = Trigger(clock), frozenset({"early"}), frozenset({"late"})
    _due_after(trigger, clock, early)
    trigger.begins(early)
    trigger.begins(early | {"just in time"})
    trigger.ended(Outcome.SEALED)
    clock.pass_by(1e6)
    assert not trigger.due(early | {"just in time"})
    _due_after(trigger, clock, early | late)
    assert trigger.due(early | late) == late


@pytest.mark.parametrize("outcome", [Outcome.SEALED, Outcome.IDLE])
def test_the_next_cycle_keeps_its_distance(clock: Clock, outcome: Outcome) -> None:
    trigger = Trigger(clock)
    _due_after(trigger, clock, frozenset({"a"}))
    trigger.begins(frozenset({"a"}))
    trigger.ended(outcome)
    assert _due_after(trigger, clock, frozenset({"b"})) >= GAP_SECONDS


def test_a_cycle_that_did_not_come_about_is_tried_again_ever_less_often(clock: Clock) -> None:
    trigger, ready = Trigger(clock), frozenset({"a"})
    _due_after(trigger, clock, ready)
    waits = []
    for _ in range(12):
        trigger.begins(ready)
        trigger.ended(Outcome.NONE)
        waits.append(_due_after(trigger, clock, ready))
        assert trigger.due(ready) == ready
    assert waits == sorted(waits)
    assert waits[0] < 10
    assert waits[-1] == LONGEST_SECONDS


def test_what_changes_all_the_time_keeps_nobody_busy(clock: Clock) -> None:
    trigger, cycles, end = Trigger(clock), 0, clock() + 86400
    while clock() < end:
        ready = frozenset({f"log at {clock():.0f}"})
        if trigger.due(ready):
            cycles += 1
            trigger.begins(ready)
            trigger.ended(Outcome.IDLE)
        clock.pass_by(1)
    assert cycles < 86400 / LONGEST_SECONDS + 20


@given(
    st.lists(
        st.tuples(st.frozensets(st.sampled_from("abcdef")), st.sampled_from(Outcome), st.floats(0, 100)), max_size=30
    )
)
def test_nothing_is_lost_whatever_happens(events: list[tuple[frozenset[str], Outcome, float]]) -> None:
    seconds = [0.0]
    trigger, seen, ready = Trigger(lambda: seconds[0]), set[str](), frozenset[str]()
    for arrived, outcome, passed in events:
        ready |= arrived
        seconds[0] += passed
        if trigger.due(ready):
            trigger.begins(ready)
            if outcome is not Outcome.NONE:
                seen |= ready
            trigger.ended(outcome)
    for _ in range(3 * int(LONGEST_SECONDS)):
        seconds[0] += 1
        if due := trigger.due(ready):
            assert due == ready - seen
            return
    assert seen == ready
