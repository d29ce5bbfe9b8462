"""Candidates that were not asked for yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np

from loop.campaign import Campaign, Slot
from loop.permitted import permitted
from loop.records import Request, Source, Status
from loop.state import State
from loop.vacancies import started


def unasked(campaign: Campaign, state: State, slot: Slot, chosen: Sequence[Request] = ()) -> np.ndarray:
    """Candidates (n, d) of a slot that no request and no observation of its target covers.

    What failed counts as asked, unless the campaign file allows further attempts.
    """
    target, attempts = slot.table.target, campaign.table.policy.attempts
    made = [request for request in (*state.requests.values(), *chosen) if request.target == target]
    tries = Counter(request.x for request in made)
    asked = {each.x for each in made if each.status is not Status.FAILED or tries[each.x] >= attempts}
    asked |= {observation.x for observation in state.values_of(target)}
    candidates = state.candidates.get(slot.table.name, np.empty((0, 0)))
    return candidates[[tuple(point) not in asked for point in candidates.tolist()]]


def lacks_start(campaign: Campaign, state: State) -> bool:
    """Whether a slot has been asked for less than it is to start with, though it has candidates left."""
    state = permitted(campaign, state)
    return any(
        started(state, slot) < slot.table.start and len(unasked(campaign, state, slot)) > 0
        for slot in campaign.slots
        if slot.table.asks
    )


def asks_for_more(state: State, campaign: Campaign) -> bool:
    """Whether any experiment could still be asked for."""
    state = permitted(campaign, state)
    return any(
        len(unasked(campaign, state, slot))
        for slot in campaign.slots
        if slot.source is Source.EXPERIMENT and slot.table.asks
    )
