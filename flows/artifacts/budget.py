"""How much of what a campaign may use is used."""

from __future__ import annotations

from collections.abc import Iterator

from loop.campaign import Campaign
from loop.quantity import plain
from loop.records import Source
from loop.state import State


def budget(campaign: Campaign, state: State) -> tuple[float, str]:
    """Find the stopping rule that is nearest.

    Parameters
    ----------
    campaign
        With its ``[stop]``.
    state
        What is known.

    Returns
    -------
    tuple of float and str
        Per cent of the rule that is used most, 0 to 100, and all of them in words; 100 when the campaign stopped. Rules
        without a number to count up to are left out.
    """
    used = list(_used(campaign, state))
    share = max((min(amount / limit, 1.0) for amount, limit, _ in used), default=0.0)
    words = ", ".join(f"{plain(amount)} of {plain(limit)} {what}" for amount, limit, what in used)
    if state.stopped:
        return 100.0, f"stopped: {state.stopped}"
    return 100.0 * share, words or f"{plain(state.spent)} {campaign.table.cost_unit} spent; no limit in numbers"


def _used(campaign: Campaign, state: State) -> Iterator[tuple[float, float, str]]:
    stop = campaign.table.stop
    if stop.experiments is not None:
        yield state.count(Source.EXPERIMENT), stop.experiments, "measurements"
    if stop.cost is not None:
        yield state.spent, stop.cost, campaign.table.cost_unit
    if stop.cycles is not None:
        yield state.next_cycle, stop.cycles, "cycles"
