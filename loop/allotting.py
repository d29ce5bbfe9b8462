"""How many calculations the next cycle asks for, where their cost decides."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from loop.campaign import Campaign, Slot
from loop.policy import allocate, owed_by
from loop.records import Request, Source, Status
from loop.space.cost import typical
from loop.state import State

_START = "start"


def allotted(campaign: Campaign, state: State, slot: Slot, chosen: Sequence[Request], places: int) -> int:
    """How many of the free places of a slot may be filled.

    With ``allocation = "cost"`` calculations get their share of what experiments and calculations cost together, the
    start aside, running requests and those of this cycle included: after a dear experiment many, while it runs no
    more than that. Where no instrument is ever asked, every cycle stands alone.

    Parameters
    ----------
    campaign, state
        Costs, and what was spent.
    slot
        Which one.
    chosen
        Requests of this cycle so far, all experiments among them.
    places
        Free places.
    """
    policy = campaign.table.policy
    if policy.allocation == "slots" or slot.source is Source.EXPERIMENT or places <= 0:
        return places
    askable = [each for each in campaign.slots if each.source is Source.EXPERIMENT and each.table.asks]
    experiments, calculations = _spent((*state.requests.values(), *chosen))
    return allocate(
        experiment_cost=float(np.median([_typical(campaign, state, each) for each in askable])) if askable else 1.0,
        calculation_cost=_typical(campaign, state, slot),
        experiment_slots=0,
        calculation_slots=places,
        share=policy.share,
        owed=owed_by(experiments, calculations, policy.share) if askable else None,
    ).calculations


def why_so_many(campaign: Campaign, state: State, requests: Sequence[Request]) -> str:
    """Say why so many experiments and calculations are asked for.

    Parameters
    ----------
    campaign, state
        What is known before the requests.
    requests
        Of the next cycle.
    """
    made = sum(each.source is Source.EXPERIMENT for each in requests)
    count = f"{made} experiments and {len(requests) - made} calculations: "
    policy, unit = campaign.table.policy, campaign.table.cost_unit
    if policy.allocation == "slots" or any(each.reason.rule == _START for each in requests):
        return count + "as many as there are free places, and as the budget and the start allow"
    experiments, calculations = _spent((*state.requests.values(), *requests))
    return (
        f"{count}experiments fill their free places; calculations get {policy.share:.0%} of the cost: since the start, "
        f"and with these, experiments take {experiments:g} and calculations {calculations:g} {unit}"
    )


def _spent(requests: Iterable[Request]) -> tuple[float, float]:
    """What was spent on experiments and on calculations, the start aside."""
    spent = dict.fromkeys(Source, 0.0)
    for each in requests:
        if each.reason.rule != _START and each.status is not Status.REJECTED:
            spent[each.source] += each.cost
    return spent[Source.EXPERIMENT], spent[Source.CALCULATION]


def _typical(campaign: Campaign, state: State, slot: Slot) -> float:
    points = state.candidates.get(slot.table.name)
    cost = campaign.cost(slot.table.name)
    if points is None or len(points) == 0:
        return 0.0 if callable(cost) else cost
    return typical(cost, points, f"one request to {slot.table.name!r}")
