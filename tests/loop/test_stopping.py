"""Every stopping rule at its limit, and just before it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from loop.campaign import Campaign
from loop.records import Observation, Provenance, Reason, Request, Source, Status
from loop.state import State
from loop.stopping import reason_to_stop, since_best

MakeCampaign = Callable[..., Path]
NAN = float("nan")


def _state(values: Sequence[float] = (), costs: Sequence[float] = (), cycles: int = 1) -> State:
    reason = Reason(rule="start", text="", mean=NAN, deviation=NAN, acquisition=NAN)
    requests = {
        str(k): Request(
            id=str(k), cycle=0, source=Source.EXPERIMENT, adapter="laboratory", target="measured", x=(0.0,), label="",
            cost=cost, reason=reason, status=Status.SEALED,
        )
        for k, cost in enumerate(costs)
    }  # fmt: skip
    observations = tuple(
        Observation(
            id=str(k), target="measured", x=(0.0,), value=value, uncertainty=None, label="",
            request_id=f"r{k}",
            requested_x=None, provenance=Provenance(key=str(k), adapter="laboratory"),
        )
        for k, value in enumerate(values)
    )  # fmt: skip
    return State(next_cycle=cycles, requests=requests, observations=observations)


def _campaign(make_campaign: MakeCampaign, stop: str, goal: str = "maximize") -> Campaign:
    return Campaign.load(make_campaign(("experiments = 5", stop), ("[objective]", f'[objective]\ngoal = "{goal}"')))


@pytest.mark.parametrize(
    ("stop", "before", "at", "said"),
    [
        ("experiments = 3", _state(costs=[1, 1]), _state(costs=[1, 1, 1]), "3 measurements were asked for"),
        ("cost = 2.5", _state(costs=[1, 1.25]), _state(costs=[1, 1.5]), "2.5 request are spent"),
        ("cycles = 4", _state(cycles=3), _state(cycles=4), "4 cycles are done"),
        ("no_improvement = 2", _state([1, 3, 2]), _state([1, 3, 2, 1]), "the last 2 measurements brought nothing"),
        ("no_improvement = 2", _state([3, 2, 4]), _state([3, 3, 3]), "the last 2 measurements"),
    ],
)  # fmt: skip
def test_a_rule_holds_at_its_limit_and_not_before(
    make_campaign: MakeCampaign, stop: str, before: State, at: State, said: str
) -> None:
    campaign = _campaign(make_campaign, stop)
    assert reason_to_stop(campaign, before) == ""
    assert said in reason_to_stop(campaign, at)


def test_any_rule_ends_the_campaign(make_campaign: MakeCampaign) -> None:
    campaign = _campaign(make_campaign, "experiments = 100\ncycles = 2\nno_improvement = 50")
    assert reason_to_stop(campaign, _state(cycles=1)) == ""
    assert "2 cycles" in reason_to_stop(campaign, _state(cycles=2))


@pytest.mark.parametrize(
    ("goal", "values", "since"),
    [("maximize", [], 0), ("maximize", [1], 0), ("maximize", [1, 2, 1, 0], 2), ("minimize", [1, 2, 1, 0], 0),
     ("minimize", [0, 2, 1, 3], 3), ("maximize", [2, 2, 2], 2)],
)  # fmt: skip
def test_measurements_since_the_best_one(
    make_campaign: MakeCampaign, goal: str, values: list[float], since: int
) -> None:
    assert since_best(_campaign(make_campaign, "cycles = 9", goal), _state(values)) == since


def test_what_came_unasked_was_no_try(make_campaign: MakeCampaign) -> None:
    asked = _state([3, 1, 2, 1])
    unasked = replace(asked, observations=tuple(replace(o, request_id=None) for o in asked.observations))
    campaign = _campaign(make_campaign, "cycles = 9")
    assert (since_best(campaign, asked), since_best(campaign, unasked)) == (3, 0)
