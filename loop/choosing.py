"""From what is known to the next requests of every slot."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from loop.approval.needed import why_approval
from loop.assimilation import DataAssimilation
from loop.campaign import Campaign, Slot
from loop.objective import objective_of
from loop.permitted import permitted
from loop.policy import FittedBelief, Objective, Proposal, feasible
from loop.policy.covariances import MANY
from loop.records import Request, Source, Status
from loop.repeating import STANDARD, Repeat
from loop.state import State
from loop.turn import Turn, places_of, proposals_of
from loop.unasked import lacks_start, unasked


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
    belief = _with_done(belief_of(campaign, state, model) if model is not None else None, state.open_requests)
    chosen: tuple[Request, ...] = ()
    for slot in _experiments_first(campaign):
        turn = Turn(campaign, state, slot, chosen, _candidates(campaign, state, slot, chosen, model), rng)
        places = places_of(turn, belief)
        repeated = [each.proposal for each in places if each is not None]
        belief = _with_done(belief, repeated)
        proposals = proposals_of(turn, belief, len(places) - len(repeated), repeated)
        belief = _with_done(belief, proposals)
        chosen += _requests(campaign, state, slot, cycle, places, proposals)
    return chosen


def belief_of(campaign: Campaign, state: State, model: DataAssimilation) -> FittedBelief:
    """What rules may know: the model, what is sought, where it may be, and where it was measured already."""
    objective, state = objective_of(campaign), permitted(campaign, state)
    slots = [slot.table.name for slot in campaign.slots if slot.table.target == objective.target]
    points = [state.candidates[name] for name in slots if len(state.candidates.get(name, ()))]
    domain = _allowed(objective, model, np.vstack(points)) if points else None
    done = state.points_of(objective.target)
    return FittedBelief(
        model,
        objective,
        domain=np.vstack(points) if domain is not None and len(domain) == 0 else domain,
        done=None if done is None else _allowed(objective, model, done),
    )


def _experiments_first(campaign: Campaign) -> list[Slot]:
    return sorted(campaign.slots, key=lambda slot: slot.source is not Source.EXPERIMENT)


def _with_done(belief: FittedBelief | None, requests: Sequence[Request | Proposal]) -> FittedBelief | None:
    """The belief as if the requests were done: one after the other, very many at once."""
    if belief is None:
        return None
    if len(requests) <= MANY:
        for each in requests:
            belief = belief.conditioned(np.array([each.x]), each.target)
        return belief
    for target in dict.fromkeys(each.target for each in requests):
        belief = belief.conditioned(np.array([each.x for each in requests if each.target == target]), target)
    return belief


def _candidates(
    campaign: Campaign, state: State, slot: Slot, chosen: Sequence[Request], model: DataAssimilation | None
) -> np.ndarray:
    """Points (n, d) that a slot may be asked for now: experiments where the outcome is believed to be allowed."""
    X = unasked(campaign, state, slot, chosen)
    if model is None or slot.source is not Source.EXPERIMENT:
        return X
    return _allowed(objective_of(campaign), model, X)


def _allowed(objective: Objective, model: DataAssimilation, X: np.ndarray) -> np.ndarray:
    """Those of the points X (n, d) that satisfy the constraints by what is believed."""
    return X[feasible(FittedBelief(model), X, objective.constraints)] if objective.constraints else X


def _one_more_each(campaign: Campaign, state: State, cycle: int, rng: np.random.Generator) -> tuple[Request, ...]:
    """One more of every slot, at random: the start is done, is not enough for a model, and nothing is under way."""
    chosen: tuple[Request, ...] = ()
    for slot in _experiments_first(campaign):
        if slot.table.asks:
            turn = Turn(campaign, state, slot, chosen, unasked(campaign, state, slot, chosen), rng)
            proposals = proposals_of(turn, None, turn.affordable(1))
            chosen += _requests(campaign, state, slot, cycle, [None] * len(proposals), proposals)
    return chosen


def _requests(
    campaign: Campaign,
    state: State,
    slot: Slot,
    cycle: int,
    places: Sequence[Repeat | None],
    proposals: Sequence[Proposal],
) -> tuple[Request, ...]:
    """Requests in the order of their places: those that repeat a point where they are due, the others between them."""
    others, made = iter(proposals), list[Request]()
    for place in places:
        proposal = next(others, None) if place is None else place.proposal
        if proposal is not None:
            request = _request(campaign, slot, cycle, len(made), proposal)
            request = _held(request, why_approval(campaign, state, slot, request.cost))
            made.append(request if place is None else replace(request, repeats=place.first, turn=place.turn))
    return tuple(made)


def _held(request: Request, why: str) -> Request:
    """The request, waiting for approval where there is a reason to."""
    return replace(request, status=Status.AWAITING_APPROVAL, approval=why) if why else request


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
