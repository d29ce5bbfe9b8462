"""Which requests wait for a person before they are handed out."""

from __future__ import annotations

from loop.campaign import Campaign, Slot
from loop.quantity import plain
from loop.records import Source
from loop.state import State


def why_approval(campaign: Campaign, state: State, slot: Slot, cost: float) -> str:
    """Say why a new request has to be approved; empty where it has not.

    Parameters
    ----------
    campaign
        Its ``[approval]`` says which.
    state
        What was let through before.
    slot, cost
        Of the request.
    """
    table, name = campaign.table.approval, slot.table.name
    if name in table.slots:
        return f"every request to {name} is to be approved"
    if table.experiments and slot.source is Source.EXPERIMENT:
        return "every experiment is to be approved"
    if table.cost_above is not None and cost > table.cost_above:
        return f"it costs {plain(cost)} {campaign.table.cost_unit}, more than {plain(table.cost_above)}"
    if table.first_use and not _was_used(state, name):
        return f"nothing was asked of {name} before"
    return ""


def _was_used(state: State, name: str) -> bool:
    return any(request.adapter == name and request.status.is_sent for request in state.requests.values())
