"""A campaign as of one of its cycles, from its history."""

from __future__ import annotations

from flows.cli.places import Place
from loop.campaign import Campaign
from loop.errors import CampaignError
from loop.figures.data import Moment
from loop.history import History


def moment_of(place: Place, cycle: int | None = None) -> Moment:
    """Read a history up to a cycle.

    Parameters
    ----------
    place
        Of the campaign.
    cycle
        The last one that counts; all of them if None.

    Raises
    ------
    CampaignError
        Where the history has no such cycle.
    HistoryError
        Where there is no history, or a cycle is damaged.
    """
    with History.open(place.history) as kept:
        if cycle is not None and cycle not in kept.cycles:
            there = f"cycles 0 to {kept.cycles[-1]}" if kept.cycles else "no cycle yet"
            raise CampaignError(f"{place.history}: has no cycle {cycle}; it has {there}")
        text = (kept.header if cycle is None else kept.header_at(cycle)).campaign_text
        campaign = Campaign.parse(text, place.campaign / "campaign.toml")
        return Moment.of(campaign, kept.records(), cycle)
