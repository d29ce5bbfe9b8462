"""How many requests a slot has place, start and money for."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from loop.campaign import Campaign, Slot
from loop.records import Request, Source, Status
from loop.second_start import RULE as SECOND_START
from loop.state import State


def free_places(state: State, slot: Slot, *, has_model: bool) -> int:
    """Free places of a slot; without a model only as many as its start still lacks."""
    if not slot.table.asks:
        return 0
    free = slot.table.slots - sum(request.status.is_open for request in _asked_of(state, slot))
    # Before there is a model only the start is asked, lest a slow slot let a fast one fill up with random points.
    return free if has_model else min(free, slot.table.start - started(state, slot))


def started(state: State, slot: Slot) -> int:
    """What counts as the start of a slot: what it was asked, and values of its target that came unasked."""
    given = sum(observation.request_id is None for observation in state.values_of(slot.table.target))
    asked = [request for request in _asked_of(state, slot) if request.status is not Status.REJECTED]
    return sum(request.reason.rule != SECOND_START for request in asked) + given


def affordable(campaign: Campaign, state: State, slot: Slot, chosen: Sequence[Request], count: int) -> int:
    """So many of ``count`` requests to a slot as stopping rules and budget allow, those chosen just before counted."""
    stop = campaign.table.stop
    if stop.experiments is not None and slot.source is Source.EXPERIMENT:
        made = state.count(Source.EXPERIMENT) + sum(request.source is Source.EXPERIMENT for request in chosen)
        count = min(count, stop.experiments - made)
    least = _cheapest(campaign, state, slot)
    if stop.cost is not None and least > 0:
        count = min(count, int(money_left(campaign, state, chosen) / least + 1e-9))
    return max(count, 0)


def money_left(campaign: Campaign, state: State, chosen: Sequence[Request]) -> float:
    """What may still be spent; infinite without a budget."""
    budget = campaign.table.stop.cost
    return math.inf if budget is None else budget - state.spent - sum(request.cost for request in chosen)


def _asked_of(state: State, slot: Slot) -> list[Request]:
    return [request for request in state.requests.values() if request.adapter == slot.table.name]


def _cheapest(campaign: Campaign, state: State, slot: Slot) -> float:
    """Least that one request to a slot costs."""
    cost, points = campaign.cost(slot.table.name), state.candidates.get(slot.table.name, np.empty((0, 0)))
    if not callable(cost):
        return cost
    return float(np.min(campaign.costs(slot.table.name, points))) if len(points) else 0.0
