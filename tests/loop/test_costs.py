"""Costs that depend on the point, allocation by cost, budgets, attempts: what a campaign asks and pays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loop.allotting import why_so_many
from loop.campaign import Campaign
from loop.choosing import belief_of
from loop.cycle import Cycle
from loop.errors import CampaignError, DoukaError
from loop.policy.expected_improvement import ExpectedImprovement
from loop.records import CycleRecord, Failure, Provenance, Source, Status
from loop.runnable import require_runnable
from loop.session import Session
from loop.slots import adapters_of, candidates_of, plugins_of
from loop.state import State, fold
from loop.stopping import Standing
from loop.upcoming import upcoming

MakeCampaign = Callable[..., Path]

MEASUREMENT, CALCULATION = "slots = 2\ncost = 1\n", "cost = 0.1"
BY_X = (MEASUREMENT, 'slots = 2\ncost = "0.5 + a"\n')
BUDGET = ("experiments = 5", "cost = 4.05")
BY_COST = ("[policy]", '[policy]\nallocation = "cost"')


def _played(campaign: Campaign, most: int = 60, failing: Sequence[str] = ()) -> list[CycleRecord]:
    """All records of a campaign in memory; the first requests for some targets fail."""
    adapters = adapters_of(campaign, plugins_of(campaign), Path())
    cycle, state, records = Cycle(campaign, candidates_of(campaign, adapters)), State(), list[CycleRecord]()
    for _ in range(most):
        news: list[Any] = [item for adapter in adapters.values() for item in adapter.collect()]
        news = [_failed(item) if item.request_id in failing else item for item in news]
        records.append(cycle(state, sorted(news, key=lambda item: item.request_id or "")))
        state = state.after(records[-1])
        if state.is_over:
            return records
        for request in records[-1].requests:
            adapters[request.adapter].submit(request)
    raise AssertionError(f"not over after {most} cycles")


def _failed(item: Any) -> Failure:
    return Failure(
        request_id=item.request_id, target=item.target, label="", reason="broke", remedy="mend",
        provenance=Provenance(key="failed " + item.request_id, adapter=item.provenance.adapter),
    )  # fmt: skip


@pytest.mark.parametrize(
    "more",
    [
        (),
        (BY_COST,),
        (
            ('experiment = "ucb"', 'per_cost = true\nexperiment = "expected_improvement"'),
            ('calculation = "max_uncertainty"', ""),
        ),
    ],
)
def test_costs_are_those_of_the_points_and_within_the_budget(
    more: tuple[tuple[str, str], ...], make_campaign: MakeCampaign
) -> None:
    campaign = Campaign.load(make_campaign(BY_X, BUDGET, *more))
    requests = [request for record in _played(campaign) for request in record.requests]
    experiments = [each for each in requests if each.source is Source.EXPERIMENT]
    assert len(experiments) > 2
    assert [each.cost for each in experiments] == pytest.approx([0.5 + each.x[0] for each in experiments])
    assert {each.cost for each in requests if each.source is Source.CALCULATION} == {0.1}
    assert sum(each.cost for each in requests) <= 4.05 + 1e-9
    assert len({(each.target, each.x) for each in requests}) == len(requests)


def test_a_cost_may_name_elements_and_prices(make_campaign: MakeCampaign) -> None:
    priced = ("[objective]", "[prices]\nFe = 1\nCo = 31\n\n[objective]")
    campaign = Campaign.load(make_campaign(priced, (MEASUREMENT, 'slots = 2\ncost = "Co + price_per_kg/10"\n')))
    found = campaign.costs("laboratory", np.array([[0.0], [1.0]]))
    assert found == pytest.approx([0.1, 4.1])
    assert campaign.costs("cluster", np.array([[0.0], [1.0]])).tolist() == [0.1, 0.1]


@pytest.mark.parametrize(
    ("cost", "said"),
    [
        ('"1 + b"', "cost of slot 'laboratory': the expression '1 . b' uses b, expected .*a"),
        ('"1 +"', "instruments.0.cost = '1 .': cannot read the expression"),
        ("-1", "instruments.0.cost = -1: input should be greater than or equal to 0"),
        ("true", "instruments.0.cost = True: input should be a number, or an expression"),
        ("nan", "instruments.0.cost = nan: input should be a finite number"),
    ],
)
def test_a_senseless_cost_is_named(cost: str, said: str, make_campaign: MakeCampaign) -> None:
    with pytest.raises(CampaignError, match=said):
        Campaign.load(make_campaign((MEASUREMENT, f"slots = 2\ncost = {cost}\n")))


def test_a_cost_below_zero_is_told_before_anything_is_written(make_campaign: MakeCampaign) -> None:
    campaign = Campaign.load(make_campaign((MEASUREMENT, 'slots = 2\ncost = "0.5 - a"\n')))
    with pytest.raises(DoukaError, match=r"one request to 'laboratory' is -0\.\d+ at \[0\.\d+\]"):
        Session(campaign, campaign.folder / "history")
    assert not (campaign.folder / "history").exists()


def test_points_dearer_than_the_limit_are_not_considered(make_campaign: MakeCampaign) -> None:
    limit = ("[stop]", "[limits]\ncost_per_request = 1.0\n\n[stop]")
    campaign = Campaign.load(make_campaign(BY_X, limit))
    requests = [request for record in _played(campaign) for request in record.requests]
    assert all(each.cost <= 1.0 for each in requests)
    assert any(each.source is Source.EXPERIMENT and each.reason.rule == "ucb" for each in requests)


@pytest.mark.parametrize("rule", ["ucb", "greedy", "thompson", "max_uncertainty"])
def test_what_cannot_be_divided_by_a_cost_is_refused(rule: str, make_campaign: MakeCampaign) -> None:
    campaign = Campaign.load(make_campaign(('experiment = "ucb"', f'per_cost = true\nexperiment = "{rule}"')))
    with pytest.raises(CampaignError, match=f"the rule '{rule}' cannot rank per unit of cost"):
        require_runnable(campaign)


@pytest.fixture
def known(make_campaign: MakeCampaign) -> tuple[Campaign, State]:
    campaign = Campaign.load(make_campaign(BY_X))
    return campaign, fold(_played(campaign)[:3])


def test_the_gain_per_cost_is_the_best_quotient(known: tuple[Campaign, State]) -> None:
    """Every candidate's expected improvement, one at a time, over its cost."""
    campaign, state = known
    model, _ = Cycle(campaign, {}).model(state)
    assert model is not None
    belief = belief_of(campaign, state, model)
    done = {item.x for item in state.values_of("measured")}
    X = np.array([x for x in belief.domain.tolist() if tuple(x) not in done])
    ranked = ExpectedImprovement()(belief, X, len(X), target="measured", sign=1.0, rng=np.random.default_rng(0))
    first = np.exp(ranked[0].acquisition)
    standing = Standing(campaign, state, model)
    assert standing("expected_improvement") == pytest.approx(first)
    assert first / 1.5 <= standing("improvement_per_cost") <= first / 0.5
    (pick,) = ExpectedImprovement()(
        belief.priced(campaign.cost("laboratory")), X, 1, target="measured", sign=1.0, rng=np.random.default_rng(0)
    )
    assert standing("improvement_per_cost") == pytest.approx(np.exp(pick.acquisition))


@pytest.mark.parametrize(("cost", "share"), [(0.1, 1 / 3), (0.25, 0.5), (3.0, 1 / 3), (0.1, 0.0)])
def test_calculations_keep_to_their_share(cost: float, share: float, make_campaign: MakeCampaign) -> None:
    campaign = Campaign.load(
        make_campaign(
            (CALCULATION, f"cost = {cost}"), ("slots = 2\nstart = 4", "slots = 9\nstart = 4"),
            ("[policy]", f'[policy]\nallocation = "cost"\nshare = {share}'), ("experiments = 5", "experiments = 8"),
        )
    )  # fmt: skip
    state, spent = State(), {Source.EXPERIMENT: 0.0, Source.CALCULATION: 0.0}
    for record in _played(campaign):
        state = state.after(record)
        for each in record.requests:
            if each.reason.rule != "start":
                spent[each.source] += each.cost
        # Half a calculation more or less than the share, unless there are no candidates left.
        wanted = share / (1 - share) * spent[Source.EXPERIMENT]
        assert spent[Source.CALCULATION] <= wanted + cost / 2 + 1e-9
        if spent[Source.CALCULATION] < wanted - cost / 2 - 1e-9:
            assert len(state.values_of("calculated")) + len(state.open_requests) >= 8
    assert spent[Source.EXPERIMENT] == 6.0


def test_every_place_is_filled_unless_told_otherwise(make_campaign: MakeCampaign) -> None:
    campaign = Campaign.load(make_campaign())
    requests = [each for record in _played(campaign)[2:4] for each in record.requests]
    assert [each.source for each in requests[:4]] == ["experiment"] * 2 + ["calculation"] * 2
    assert "as many as there are free places" in why_so_many(campaign, State(), requests)


def test_what_is_running_keeps_its_share(make_campaign: MakeCampaign) -> None:
    """While nothing comes back, a cycle asks for no calculations beyond those that its experiments paid for."""
    campaign = Campaign.load(
        make_campaign(BY_COST, (CALCULATION, "cost = 0.5"), ("slots = 2\nstart = 4", "slots = 9\nstart = 4"))
    )
    records = _played(campaign)
    first = next(k for k, record in enumerate(records) if any(r.reason.rule == "ucb" for r in record.requests))
    state = fold(records[: first + 1])
    experiments = [each for each in records[first].requests if each.source is Source.EXPERIMENT]
    assert len(records[first].requests) - len(experiments) == round(len(experiments) * 0.5 / 0.5)
    again = upcoming(campaign, state, state.candidates)
    assert again.requests == ()
    assert len(again.pending) == len(records[first].requests)


def test_propose_says_why_so_many(make_campaign: MakeCampaign) -> None:
    campaign = Campaign.load(make_campaign(BY_COST, ("experiments = 5", "experiments = 6")))
    records = _played(campaign)
    first = next(k for k, record in enumerate(records) if any(r.reason.rule == "ucb" for r in record.requests))
    words = why_so_many(campaign, fold(records[:first]), records[first].requests)
    assert words == (
        "2 experiments and 2 calculations: experiments fill their free places; calculations get 33% of the cost: since "
        "the start, and with these, experiments take 2 and calculations 0.2 request"
    )


@pytest.mark.parametrize("attempts", [1, 3])
def test_what_failed_comes_back_only_when_asked(attempts: int, make_campaign: MakeCampaign) -> None:
    campaign = Campaign.load(make_campaign(("[policy]", f"[policy]\nattempts = {attempts}")))
    start = _played(campaign)[0].requests
    broken = next(each for each in start if each.source is Source.CALCULATION)
    names = [broken.id]
    for _ in range(attempts):
        made = [r for record in _played(campaign, failing=names) for r in record.requests]
        tries = [r for r in made if (r.target, r.x) == (broken.target, broken.x)]
        assert len(tries) <= attempts
        names += [each.id for each in tries]
    assert len(tries) == attempts
    final = fold(_played(campaign, failing=names)).requests
    assert {final[each.id].status for each in tries} == {Status.FAILED}


def test_the_number_of_attempts_is_a_policy_and_may_change(make_campaign: MakeCampaign) -> None:
    campaign = Campaign.load(make_campaign())
    table = campaign.table.policy.model_copy(update={"attempts": 4})
    changed = Campaign(
        campaign.name, campaign.table.model_copy(update={"policy": table}), campaign.text, campaign.folder
    )
    state = fold(_played(campaign))
    request = next(each for each in state.requests.values() if each.source is Source.EXPERIMENT)
    lost = replace(
        state,
        requests={**state.requests, request.id: request.with_status(Status.FAILED)},
        observations=tuple(item for item in state.observations if item.request_id != request.id),
    )
    for each, back in ((campaign, False), (changed, True)):
        asked = Cycle(each.without_end(), {})(replace(lost, stopped=""), ()).requests
        assert asked
        if not back:
            assert request.x not in {other.x for other in asked if other.target == request.target}
