"""Candidates beside those of a slot that can answer anywhere: its rule's best, polished."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loop.campaign import Campaign, Slot
from loop.policy import apart
from loop.records import Request
from loop.state import State

ANYWHERE = ".anywhere"
"""Ends the name that stands beside the candidates of a slot whose adapter lists no points of its own."""


def is_polished(campaign: Campaign, state: State, slot: Slot) -> bool:
    """Whether the campaign polishes, and the slot can be asked for points that are no candidates."""
    return campaign.table.policy.polish and slot.table.name + ANYWHERE in state.candidates


def fresh(campaign: Campaign, state: State, slot: Slot, chosen: Sequence[Request], points: np.ndarray) -> np.ndarray:
    """Those of the points (n, d) within the hard limits that are not next to one asked or measured already."""
    target = slot.table.target
    asked = [request.x for request in (*state.requests.values(), *chosen) if request.target == target]
    asked += [observation.x for observation in state.values_of(target)]
    allowed = campaign.limits.allowed(points, campaign.costs(slot.table.name, points))
    return apart(campaign.space, points[allowed], np.array(asked))
