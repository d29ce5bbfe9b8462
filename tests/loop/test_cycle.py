"""The fold: a cycle is a pure function, and what it asks stays inside every limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loop.campaign import Campaign
from loop.cycle import Cycle, is_idle
from loop.errors import HistoryError
from loop.history import compare
from loop.protocols import Simulator
from loop.records import CycleRecord, Failure, Provenance, Result, Source, Status, StatusChange
from loop.slots import adapters_of, candidates_of, plugins_of
from loop.state import State, fold

MakeCampaign = Callable[..., Path]
Candidates = Mapping[str, np.ndarray]
BUDGET = ("experiments = 5", "cost = 4.05")
START = "slots = 2\nstart = 4"


def _adapters(campaign: Campaign) -> dict[str, Simulator]:
    return adapters_of(campaign, plugins_of(campaign), Path())


def _played(campaign: Campaign, most: int = 60, failing: str = "") -> list[CycleRecord]:
    """All records of a campaign in memory; a slot may fail everything."""
    adapters = _adapters(campaign)
    cycle, state, records = Cycle(campaign, candidates_of(campaign, adapters)), State(), []
    for _ in range(most):
        record = cycle(state, _news(adapters, state, failing))
        assert not is_idle(state, record), "nothing happens and nothing will: the campaign would wait for ever"
        records.append(record)
        state = state.after(record)
        if state.is_over:
            return records
        for request in record.requests:
            adapters[request.adapter].submit(request)
    raise AssertionError(f"not over after {most} cycles")


def _news(adapters: Mapping[str, Simulator], state: State, failing: str) -> list[Result | Failure]:
    news = [item for adapter in adapters.values() for item in adapter.collect()]
    bad = {request.id: request for request in state.requests.values() if request.adapter == failing}
    return [
        _failed(bad[item.request_id]) if item.request_id in bad else item
        for item in sorted(news, key=lambda item: item.request_id or "")
    ]


def _failed(request: Any) -> Failure:
    return Failure(
        request_id=request.id, target=request.target, label="", reason="broke", remedy="mend",
        provenance=Provenance(key="failed " + request.id, adapter=request.adapter),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
def test_the_same_inputs_give_the_same_record(make_campaign: MakeCampaign, seed: int) -> None:
    campaign = Campaign.load(make_campaign(("seed = 3", f"seed = {seed}")))
    first, second = _played(campaign), _played(campaign)
    assert len(first) == len(second)
    for one, two in zip(first, second, strict=True):
        assert list(compare(one, two)) == []


def test_another_seed_starts_elsewhere(make_campaign: MakeCampaign) -> None:
    starts = {
        tuple(
            request.x for request in _played(Campaign.load(make_campaign(("seed = 3", f"seed = {seed}"))))[0].requests
        )
        for seed in range(4)
    }
    assert len(starts) > 1


def test_a_cycle_leaves_its_inputs_alone(tiny: Campaign, records: list[CycleRecord]) -> None:
    state = fold(records[:3])
    before = repr(state)
    Cycle(tiny, state.candidates)(state, [])
    assert repr(state) == before


def test_a_used_cycle_does_what_a_fresh_one_does(tiny: Campaign) -> None:
    """The fits it keeps are those of the state it is given, also where another one has as many observations."""
    adapters = _adapters(tiny)
    candidates = candidates_of(tiny, adapters)
    states = {}
    for shift in (0.0, 0.2):
        states[shift] = _shifted(tiny, candidates, shift)
    used = Cycle(tiny, candidates)
    for state in states.values():
        assert list(compare(used(state, []), Cycle(tiny, candidates)(state, []))) == []


def _shifted(campaign: Campaign, candidates: Candidates, shift: float, cycles: int = 3) -> State:
    cycle, state = Cycle(campaign, candidates), State()
    for _ in range(cycles):
        news = [
            Result(
                request_id=request.id, target=request.target, x=request.x, value=2 + shift * request.x[0],
                unit="muB/f.u.", uncertainty=None, label="",
                provenance=Provenance(key=request.id, adapter=request.adapter),
            )
            for request in state.open_requests
        ]  # fmt: skip
        state = state.after(cycle(state, news))
    return state


def test_the_fold_of_the_records_is_the_state(tiny: Campaign) -> None:
    records = _played(tiny)
    state = State()
    for record in records:
        state = state.after(record)
    assert repr(fold(records)) == repr(state)
    assert state.next_cycle == len(records)
    assert {request.status for request in state.requests.values()} == {Status.DONE}


def test_a_change_of_an_unknown_request_is_damage() -> None:
    record = CycleRecord(number=0, changes=(StatusChange(request_id="nobody", status=Status.DONE),))
    with pytest.raises(HistoryError, match="cycle 0 changes the request 'nobody'"):
        fold([record])


EDITS = {
    "as it is": [],
    "budget": [BUDGET],
    "budget of crumbs": [("experiments = 5", "cost = 3.95")],
    "budget below the start": [("experiments = 5", "cost = 1.5")],
    "cycles": [("experiments = 5", "cycles = 4")],
    "no improvement": [("experiments = 5", "no_improvement = 2")],
    "everything": [("experiments = 5", "experiments = 99")],
    "source rule": [('experiment = "ucb"\ncalculation = "max_uncertainty"', 'rule = "source_rule"')],
    "at random": [('experiment = "ucb"', 'experiment = "random"')],
    "minimize": [("[objective]", '[objective]\ngoal = "minimize"')],
    "no start": [(START, "slots = 2"), ("start = 2\n", "")],
    "a start beyond the pool": [(START, "slots = 2\nstart = 400")],
    "a start too short for the estimator": [
        ('estimator = "map"', 'estimator = "mle"'), (START, "slots = 2\nstart = 1"), ("start = 2\n", "start = 1\n")
    ],
    "many slots": [(START, "slots = 50\nstart = 4")],
    "never asked": [("cost = 0.1", "cost = 0.1\nasks = false")],
}  # fmt: skip


@pytest.mark.parametrize("edits", EDITS.values(), ids=EDITS.keys())
def test_every_campaign_ends_and_keeps_its_limits(make_campaign: MakeCampaign, edits: list[tuple[str, str]]) -> None:
    campaign = Campaign.load(make_campaign(*edits))
    records = _played(campaign)
    _check_requests(campaign, records)
    assert records[-1].summary["stopped"]


@pytest.mark.parametrize("failing", ["cluster", "laboratory"])
def test_a_campaign_ends_whatever_fails(make_campaign: MakeCampaign, failing: str) -> None:
    campaign = Campaign.load(make_campaign(("experiments = 5", "experiments = 7")))
    records = _played(campaign, failing=failing)
    _check_requests(campaign, records)
    state = fold(records)
    assert {r.status for r in state.requests.values() if r.adapter == failing} == {Status.FAILED}


def _check_requests(campaign: Campaign, records: list[CycleRecord]) -> None:
    requests = [request for record in records for request in record.requests]
    candidates = fold(records).candidates
    stop = campaign.table.stop
    assert len({request.id for request in requests}) == len(requests)
    assert len({(request.target, request.x) for request in requests}) == len(requests)
    for request in requests:
        campaign.space.check(request.x)
        assert request.x in set(map(tuple, candidates[request.adapter].tolist()))
    assert sum(request.cost for request in requests) <= (stop.cost or np.inf) + 1e-9
    measured = sum(request.source is Source.EXPERIMENT for request in requests)
    assert measured <= (stop.experiments or np.inf)
    for record in records:
        assert record.number <= (stop.cycles or np.inf)


def test_no_slot_is_ever_overfull(tiny: Campaign) -> None:
    state = State()
    for record in _played(tiny):
        state = state.after(record)
        for slot in tiny.slots:
            waiting = [request for request in state.open_requests if request.adapter == slot.table.name]
            assert len(waiting) <= slot.table.slots


def test_a_cycle_without_news_is_idle_while_answers_are_awaited(tiny: Campaign) -> None:
    cycle = Cycle(tiny, candidates_of(tiny, _adapters(tiny)))
    first = cycle(State(), [])
    state = State().after(first)
    assert not is_idle(State(), first)
    assert is_idle(state, cycle(state, []))


def test_pools_are_sealed_once_with_the_first_cycle(records: list[CycleRecord]) -> None:
    names = [[name for name in record.arrays if name.startswith("candidates/")] for record in records]
    assert names[0] == ["candidates/cluster", "candidates/laboratory"] or sorted(names[0]) == [
        "candidates/cluster", "candidates/laboratory"
    ]  # fmt: skip
    assert not any(names[1:])


def test_the_summary_says_what_the_records_say(records: list[CycleRecord]) -> None:
    state = fold(records)
    summary = records[-1].summary
    measured = [item.value for item in state.observations if item.target == "measured"]
    assert summary["best_measured_value"] == max(measured)
    assert summary["experiments"] == len(measured) == 5
    assert summary["spent"] == pytest.approx(len(measured) + 0.1 * (len(state.observations) - len(measured)))
