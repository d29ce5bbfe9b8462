"""What may be asked for at all: the candidates within the hard limits."""

from __future__ import annotations

from dataclasses import replace

from loop.campaign import Campaign
from loop.state import State


def permitted(campaign: Campaign, state: State) -> State:
    """The same state without the candidates that a hard limit would stop, so that none of them is chosen.

    Every request is held against the limits again, by :meth:`loop.limits.Limits.check`, when it is made and sent.

    Parameters
    ----------
    campaign
        Gives the limits, and what a request to each slot costs.
    state
        What is known.
    """
    if not campaign.table.limits:
        return state
    candidates = dict(state.candidates)
    for slot in campaign.slots:
        points = candidates.get(slot.table.name)
        if points is not None and len(points):
            costs = campaign.costs(slot.table.name, points)
            candidates[slot.table.name] = points[campaign.limits.allowed(points, costs)]
    return replace(state, candidates=candidates)
