"""Looking costs little, survives everything, and says so once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from flows.triggers.lookout import LONGEST_SECONDS, LOOK_SECONDS, SHARE, Lookout

Clock = Any
"""See the fixture."""


def test_it_names_what_is_there_by_its_place(clock: Clock) -> None:
    lookout = Lookout("laboratory", lambda: ["a.csv"], pytest.fail, clock)
    lookout.look()
    assert lookout.ready == {"laboratory: a.csv"}
    assert lookout.pause == LOOK_SECONDS


def test_a_dear_look_is_not_repeated_soon(clock: Clock) -> None:
    def walk() -> Iterable[str]:
        clock.pass_by(3.0)
        return []

    lookout = Lookout("tree", walk, pytest.fail, clock)
    lookout.look()
    assert lookout.pause == pytest.approx(3.0 * SHARE)


def test_what_is_prepared_for_looking_makes_no_look_dear(clock: Clock) -> None:
    lookout = Lookout("tree", lambda: ["a"], pytest.fail, clock, prepare=lambda: clock.pass_by(3.0))
    lookout.look()
    assert lookout.pause == LOOK_SECONDS


def test_failures_are_said_once_and_looked_at_less_often(clock: Clock) -> None:
    said: list[str] = []
    state = {"away": False}

    def listing() -> Iterable[str]:
        if state["away"]:
            raise OSError("the share is away")
        return ["a.csv"]

    lookout = Lookout("laboratory", listing, said.append, clock)
    lookout.look()
    state["away"] = True
    pauses = []
    for _ in range(10):
        lookout.look()
        pauses.append(lookout.pause)
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_SECONDS
    assert lookout.ready == {"laboratory: a.csv"}, "a share that is away for a moment is no news"
    state["away"] = False
    lookout.look()
    assert lookout.pause == LOOK_SECONDS
    assert said == [
        "laboratory cannot be looked at for news (the share is away); scheduled cycles go on",
        "laboratory is looked at again",
    ]
