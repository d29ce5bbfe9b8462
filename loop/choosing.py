"""From what is known to the next requests of every slot."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from loop.allotting import allotted
from loop.assimilation import DataAssimilation
from loop.campaign import Campaign, Slot
from loop.objective import objective_of
from loop.permitted import permitted
from loop.policy import FittedBelief, Objective, Proposal, feasible, purchase, refined, rule_pair
from loop.policy.rule import DEFAULT_PAIR
from loop.records import Reason, Request, Source, Status
from loop.refining import fresh, is_polished
from loop.repeating import STANDARD, Repeat, repeats
from loop.second_start import RULE as SECOND_START
from loop.second_start import second_starts
from loop.state import State


def next_requests(
    campaign: Campaign, state: State, model: DataAssimilation | None, cycle: int, rng: np.random.Generator
) -> tuple[Request, ...]:
    """Fill the free places of every slot, experiments first.

    Open requests count as done, and so does every request chosen just before. Nothing is asked twice but replicates
    and standards, and nothing beyond the budget.

    Parameters
    ----------
    campaign
        Slots, rules and limits.
    state
        What is known, the news of this cycle included.
    model
        Fitted to it; None asks at random (the start, or data that determine no model).
    cycle
        Number of this cycle.
    rng
        Source of all randomness.
    """
    state = permitted(campaign, state)
    if model is None and not state.open_requests and not lacks_start(campaign, state):
        return _one_more_each(campaign, state, cycle, rng)
    belief = belief_of(campaign, state, model) if model is not None else None
    for request in state.open_requests:
        belief = belief.conditioned(np.array([request.x]), request.target) if belief else None
    chosen: list[Request] = []
    for slot in sorted(campaign.slots, key=lambda slot: slot.source is not Source.EXPERIMENT):
        second = second_starts(campaign, state, slot)
        second = second[: _affordable(campaign, state, slot, chosen, _free_places(state, slot, has_model=True))]
        X, left = _unasked(campaign, state, slot, chosen), _left(campaign, state, chosen)
        if model is not None and slot.source is Source.EXPERIMENT:
            X = _allowed(objective_of(campaign), model, X)
        count = _affordable(campaign, state, slot, chosen, _free_places(state, slot, has_model=belief is not None))
        count = max(count - len(second), 0)
        count = count if belief is None else allotted(campaign, state, slot, chosen, count)
        left -= sum(each.proposal.cost for each in second)
        places = [*second, *_places(campaign, state, slot, _asking(campaign, state, slot, belief), count, left, rng)]
        left -= sum(each.proposal.cost for each in places[len(second) :] if each is not None)
        again = [each.proposal.x for each in places if each is not None]
        for x in again:
            belief = belief.conditioned(np.array([x]), slot.table.target) if belief else None
        X = X[[tuple(point) not in again for point in X.tolist()]] if again else X
        count = len(places) - len(again)
        X = _with_polished(campaign, state, slot, belief, X, count, chosen, rng)
        proposals = _proposals(campaign, slot, _asking(campaign, state, slot, belief), X, count, left, rng)
        for proposal in proposals:
            belief = belief.conditioned(np.array([proposal.x]), proposal.target) if belief else None
        chosen += _requests(campaign, slot, cycle, places, proposals)
    return tuple(chosen)


def belief_of(campaign: Campaign, state: State, model: DataAssimilation) -> FittedBelief:
    """What rules may know: the model, what is sought, where it may be, and where it was measured already."""
    objective, state = objective_of(campaign), permitted(campaign, state)
    slots = [slot.table.name for slot in campaign.slots if slot.table.target == objective.target]
    points = [state.candidates[name] for name in slots if len(state.candidates.get(name, ()))]
    domain = _allowed(objective, model, np.vstack(points)) if points else None
    done = _measured(state, objective.target)
    return FittedBelief(
        model,
        objective,
        domain=np.vstack(points) if domain is not None and len(domain) == 0 else domain,
        done=None if done is None else _allowed(objective, model, done),
    )


def _allowed(objective: Objective, model: DataAssimilation, X: np.ndarray) -> np.ndarray:
    """Those of the points X (n, d) that satisfy the constraints by what is believed."""
    return X[feasible(FittedBelief(model), X, objective.constraints)] if objective.constraints else X


def _measured(state: State, target: str) -> np.ndarray | None:
    done = [observation.x for observation in state.values_of(target)]
    return np.array(done) if done else None


def lacks_start(campaign: Campaign, state: State) -> bool:
    """Whether a slot has been asked for less than it is to start with, though it has candidates left."""
    state = permitted(campaign, state)
    return any(
        _started(state, slot) < slot.table.start and len(_unasked(campaign, state, slot, [])) > 0
        for slot in campaign.slots
        if slot.table.asks
    )


def _one_more_each(campaign: Campaign, state: State, cycle: int, rng: np.random.Generator) -> tuple[Request, ...]:
    """One more of every slot, at random: the start is done, is not enough for a model, and nothing is under way."""
    chosen: list[Request] = []
    for slot in sorted(campaign.slots, key=lambda slot: slot.source is not Source.EXPERIMENT):
        if slot.table.asks:
            X, left = _unasked(campaign, state, slot, chosen), _left(campaign, state, chosen)
            count = _affordable(campaign, state, slot, chosen, 1)
            proposals = _proposals(campaign, slot, None, X, count, left, rng)
            chosen += [_request(campaign, slot, cycle, rank, each) for rank, each in enumerate(proposals)]
    return tuple(chosen)


def asks_for_more(state: State, campaign: Campaign) -> bool:
    """Whether any experiment could still be asked for."""
    state = permitted(campaign, state)
    return any(
        len(_unasked(campaign, state, slot, []))
        for slot in campaign.slots
        if slot.source is Source.EXPERIMENT and slot.table.asks
    )


def _free_places(state: State, slot: Slot, *, has_model: bool) -> int:
    if not slot.table.asks:
        return 0
    free = slot.table.slots - sum(request.status.is_open for request in _asked_of(state, slot))
    # Before there is a model only the start is asked, lest a slow slot let a fast one fill up with random points.
    return free if has_model else min(free, slot.table.start - _started(state, slot))


def _asked_of(state: State, slot: Slot) -> list[Request]:
    return [request for request in state.requests.values() if request.adapter == slot.table.name]


def _started(state: State, slot: Slot) -> int:
    """What counts as the start of a slot: what it was asked, and values of its target that came unasked."""
    given = sum(observation.request_id is None for observation in state.values_of(slot.table.target))
    return sum(request.reason.rule != SECOND_START for request in _asked_of(state, slot)) + given


def _affordable(campaign: Campaign, state: State, slot: Slot, chosen: Sequence[Request], count: int) -> int:
    stop = campaign.table.stop
    if stop.experiments is not None and slot.source is Source.EXPERIMENT:
        made = state.count(Source.EXPERIMENT) + sum(request.source is Source.EXPERIMENT for request in chosen)
        count = min(count, stop.experiments - made)
    least = _cheapest(campaign, state, slot)
    if stop.cost is not None and least > 0:
        count = min(count, int(_left(campaign, state, chosen) / least + 1e-9))
    return max(count, 0)


def _left(campaign: Campaign, state: State, chosen: Sequence[Request]) -> float:
    """What may still be spent; infinite without a budget."""
    budget = campaign.table.stop.cost
    return math.inf if budget is None else budget - state.spent - sum(request.cost for request in chosen)


def _cheapest(campaign: Campaign, state: State, slot: Slot) -> float:
    """Least that one request to a slot costs."""
    cost, points = campaign.cost(slot.table.name), state.candidates.get(slot.table.name, np.empty((0, 0)))
    if not callable(cost):
        return cost
    return float(np.min(campaign.costs(slot.table.name, points))) if len(points) else 0.0


def _unasked(campaign: Campaign, state: State, slot: Slot, chosen: Sequence[Request]) -> np.ndarray:
    """Candidates of a slot that no request and no observation of its target covers.

    What failed counts as asked, unless the campaign file allows further attempts.
    """
    target, attempts = slot.table.target, campaign.table.policy.attempts
    made = [request for request in (*state.requests.values(), *chosen) if request.target == target]
    tries = Counter(request.x for request in made)
    asked = {each.x for each in made if each.status is not Status.FAILED or tries[each.x] >= attempts}
    asked |= {observation.x for observation in state.values_of(target)}
    candidates = state.candidates.get(slot.table.name, np.empty((0, 0)))
    return candidates[[tuple(point) not in asked for point in candidates.tolist()]]


def _asking(campaign: Campaign, state: State, slot: Slot, belief: FittedBelief | None) -> FittedBelief | None:
    """What rules may know when they choose for a slot; another target is measured where the best may be."""
    target = slot.table.target
    if belief is None or slot.source is not Source.EXPERIMENT or target == campaign.table.objective.target:
        return belief
    return belief.asking(target, _measured(state, target))


def _with_polished(
    campaign: Campaign, state: State, slot: Slot, belief: FittedBelief | None, X: np.ndarray, count: int,
    chosen: list[Request], rng: np.random.Generator,
) -> np.ndarray:  # fmt: skip
    """Candidates, and where the campaign wants it the best of them polished; these come last."""
    asking = _asking(campaign, state, slot, belief)
    if belief is None or asking is None or count == 0 or len(X) == 0 or not is_polished(campaign, state, slot):
        return X
    objective, is_experiment = objective_of(campaign), slot.source is Source.EXPERIMENT
    points = refined(
        campaign.reach(slot.table.name), asking, X, count, rule=rule_of(campaign, slot.source),
        target=slot.table.target, ranking=objective.target if is_experiment else slot.table.target,
        sign=objective.sign, rng=rng,
    )  # fmt: skip
    points = fresh(campaign, state, slot, chosen, points)
    if is_experiment and objective.constraints and len(points):
        points = points[feasible(belief.plain(), points, objective.constraints)]
    return np.vstack([X, points])


def _places(
    campaign: Campaign, state: State, slot: Slot, belief: FittedBelief | None, count: int, left: float,
    rng: np.random.Generator,
) -> list[Repeat | None]:  # fmt: skip
    """What each of the next requests repeats; before there is a model nothing is repeated."""

    def best(X: np.ndarray, rule: str | None) -> Proposal | None:
        return next(iter(_proposals(campaign, slot, belief, X, 1, left, rng, rule)), None)

    return [None] * count if belief is None else repeats(campaign, state, slot, count, best)


def _proposals(
    campaign: Campaign,
    slot: Slot,
    belief: FittedBelief | None,
    X: np.ndarray,
    count: int,
    left: float,
    rng: np.random.Generator,
    rule: str | None = None,
) -> list[Proposal]:
    if count == 0 or len(X) == 0:
        return []
    if belief is None:
        return _at_random(campaign, slot, X, count, left, rng)
    objective = objective_of(campaign)
    ranking = objective.target if slot.source is Source.EXPERIMENT else slot.table.target
    return purchase(
        belief,
        X,
        count,
        rule=rule or rule_of(campaign, slot.source),
        source=slot.source,
        target=slot.table.target,
        ranking=ranking,
        one_by_one=ranking != slot.table.target,
        sign=objective.sign,
        cost=campaign.cost(slot.table.name),
        budget=left,
        per_cost=campaign.table.policy.per_cost and rule is None,
        rng=rng,
        label=campaign.space.label,
    )


def rule_of(campaign: Campaign, source: Source) -> str:
    """Name of the rule that chooses experiments, or calculations."""
    policy = campaign.table.policy
    if policy.rule is not None:
        experiment, calculation = rule_pair(policy.rule)
    else:
        experiment = policy.experiment or DEFAULT_PAIR[0]
        calculation = policy.calculation or DEFAULT_PAIR[1]
    return experiment if source is Source.EXPERIMENT else calculation


def _at_random(
    campaign: Campaign, slot: Slot, X: np.ndarray, count: int, left: float, rng: np.random.Generator
) -> list[Proposal]:
    nan, costs = float("nan"), campaign.costs(slot.table.name, X)
    reason = Reason(rule="start", text="drawn at random, to start with", mean=nan, deviation=nan, acquisition=nan)
    found: list[Proposal] = []
    for row in rng.permutation(len(X)).tolist():
        if len(found) < count and costs[row] <= left + 1e-9:
            x, cost = tuple(X[row].tolist()), float(costs[row])
            found.append(Proposal(
                x=x, source=slot.source, target=slot.table.target, reason=reason, cost=cost, index=row
            ))  # fmt: skip
            left -= cost
    return found


def _requests(
    campaign: Campaign, slot: Slot, cycle: int, places: Sequence[Repeat | None], proposals: Sequence[Proposal]
) -> list[Request]:
    """Requests in the order of their places: those that repeat a point where they are due, the others between them."""
    others, made = iter(proposals), list[Request]()
    for place in places:
        proposal = next(others, None) if place is None else place.proposal
        if proposal is not None:
            request = _request(campaign, slot, cycle, len(made), proposal)
            made.append(request if place is None else replace(request, repeats=place.first, turn=place.turn))
    return made


def _request(campaign: Campaign, slot: Slot, cycle: int, rank: int, proposal: Proposal) -> Request:
    """Make a request of a proposal, if the space and the hard limits allow it."""
    name = f"{cycle:06d}-{slot.table.name}-{rank}"
    campaign.limits.check(proposal.x, proposal.cost, f"the request {name} ({campaign.space.label(proposal.x)})")
    if not proposal.reason.rule.startswith(STANDARD):
        campaign.reach(slot.table.name).check(proposal.x)
    return Request(
        id=name,
        cycle=cycle,
        source=slot.source,
        adapter=slot.table.name,
        target=proposal.target,
        x=proposal.x,
        label=campaign.space.label(proposal.x),
        cost=proposal.cost,
        reason=proposal.reason,
        status=Status.SEALED,
    )
