"""A campaign that polishes: beside the candidates, never beyond what is allowed, the same whenever it is done again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from loop.campaign import Campaign
from loop.cycle import Cycle
from loop.history.digest import record_digest
from loop.model import fit_model
from loop.records import CycleRecord, Provenance, Request, Result
from loop.refining import ANYWHERE
from loop.slots import adapters_of, candidates_of, plugins_of
from loop.state import State

MakeCampaign = Callable[..., Path]
POLISH = ("[policy]", "[policy]\npolish = true")
POINTS = (np.arange(9) / 8)[:, None]


def _answer(request: Request) -> Result:
    a = request.x[0]
    value = 2.1 + 0.9 * a - 1.1 * a**2 + (0.02 if request.target == "calculated" else -0.1) * np.sin(37 * a)
    return Result(
        request_id=request.id, target=request.target, x=request.x, value=value, unit="muB/f.u.", uncertainty=None,
        label=request.label, provenance=Provenance(key=request.id, adapter=request.adapter),
    )  # fmt: skip


def _run(campaign: Campaign, candidates: dict[str, np.ndarray], cycles: int = 5) -> tuple[State, list[CycleRecord]]:
    cycle, state, records = Cycle(campaign, candidates), State(), list[CycleRecord]()
    for _ in range(cycles):
        record = cycle(state, [_answer(request) for request in state.open_requests])
        state = state.after(record)
        records.append(record)
    return state, records


def _candidates(*anywhere: str) -> dict[str, np.ndarray]:
    marks = {name + ANYWHERE: np.ones(1) for name in anywhere}
    return {"cluster": POINTS, "laboratory": POINTS, **marks}


@pytest.fixture
def polished(make_campaign: MakeCampaign) -> Campaign:
    forbidden = ("[space]", "[space]\nforbidden = [['a >= 0.30', 'a <= 0.36']]")
    limits = ("[stop]", "[limits]\na = [0, 0.9]\n[stop]")
    return Campaign.load(make_campaign(POLISH, forbidden, limits))


def _asked(state: State, slot: str) -> list[Request]:
    return [request for request in state.requests.values() if request.adapter == slot]


def test_only_a_slot_that_can_answer_anywhere_is_asked_beside_its_candidates(polished: Campaign) -> None:
    state, records = _run(polished, _candidates("laboratory"))
    known = set(map(tuple, POINTS.tolist()))
    beside = [request for request in _asked(state, "laboratory") if request.x not in known]
    assert beside
    assert {request.x for request in _asked(state, "cluster")} <= known
    for request in state.requests.values():
        polished.reach(request.adapter).check(request.x)
        polished.limits.check(request.x, request.cost, request.id)
    points = np.array([request.x[0] for request in _asked(state, "laboratory")])
    assert np.diff(np.sort(points)).min() > 1e-3
    # The reason has the numbers of the point asked for.
    request = beside[0]
    informed = State()
    for record in records[: request.cycle]:
        informed = informed.after(record)
    statistics = informed.after(records[request.cycle]).statistics
    assert statistics is not None
    model = fit_model(polished, statistics, request.cycle)
    assert request.reason.mean == pytest.approx(float(model.predict(np.array([request.x]), target="measured")[0]))


def test_costs_of_the_point_limit_and_rank_what_is_polished(make_campaign: MakeCampaign) -> None:
    """Dear up to the optimum, so that the limit is felt: nothing beyond it is asked, polished or not."""
    costs = ("slots = 2\ncost = 1\n", 'slots = 2\ncost = "2 - a"\n')
    limit = ("[stop]", "[limits]\ncost_per_request = 1.7\n[stop]")
    rules = (
        'experiment = "ucb"\ncalculation = "max_uncertainty"',
        'per_cost = true\nexperiment = "expected_improvement"',
    )
    campaign = Campaign.load(make_campaign(POLISH, costs, limit, rules))
    state, _ = _run(campaign, _candidates("laboratory"))
    asked = _asked(state, "laboratory")
    assert [each.cost for each in asked] == pytest.approx([2 - each.x[0] for each in asked])
    assert max(each.cost for each in asked) <= 1.7
    assert {each.x for each in asked} - set(map(tuple, POINTS.tolist()))
    assert any("per unit of cost" in each.reason.text for each in asked)


def test_done_again_it_is_the_same(polished: Campaign) -> None:
    first, second = (_run(polished, _candidates("laboratory", "cluster"))[1] for _ in "ab")
    assert [record_digest(each) for each in first] == [record_digest(each) for each in second]


def test_without_the_key_nothing_moves(make_campaign: MakeCampaign) -> None:
    campaign = Campaign.load(make_campaign())
    with_mark, without = (_run(campaign, _candidates(*names))[0] for names in (("laboratory",), ()))
    assert [each.x for each in with_mark.requests.values()] == [each.x for each in without.requests.values()]


def test_slots_that_list_no_points_are_marked(make_campaign: MakeCampaign, tmp_path: Path) -> None:
    edits = [('adapter = "pool"', 'adapter = "folder"'), ('{ table = "calculations.csv" }', '{ folder = "drop" }')]
    campaign = Campaign.load(make_campaign(*edits))
    found = candidates_of(campaign, adapters_of(campaign, plugins_of(campaign), tmp_path))
    assert set(found) == {"cluster", "cluster" + ANYWHERE, "laboratory"}
