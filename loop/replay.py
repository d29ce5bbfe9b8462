"""Doing a history again, to see that the same comes out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from loop.admission import as_news
from loop.campaign import Campaign
from loop.cycle import Cycle
from loop.history import Difference, History, compare
from loop.state import CANDIDATES, State


@dataclass(frozen=True)
class Replayed:
    """One cycle that was done again.

    Parameters
    ----------
    number
        Of the cycle.
    differences
        Quantities that came out differently; empty where the cycle is equal bit by bit.
    """

    number: int
    differences: tuple[Difference, ...]


def replay(history: History, *, until: int | None = None, rtol: float = 0.0) -> Iterator[Replayed]:
    """Fold a history again: every cycle is done again on the recorded news and compared with its record.

    Needs neither the campaign's folder nor its adapters: the history holds the campaign file and the candidates.

    Parameters
    ----------
    history
        Open for reading.
    until
        Last cycle to do again; all if None.
    rtol
        Relative difference of real numbers that counts as none; 0 compares bit by bit.

    Yields
    ------
    Replayed
        One a cycle.
    """
    campaign = Campaign.parse(history.header.campaign_text, Path(history.header.campaign_folder) / "campaign.toml")
    state, cycle = State(), None
    for record in history.records():
        if until is not None and record.number > until:
            return
        if cycle is None:
            points = {
                name[len(CANDIDATES) :]: array for name, array in record.arrays.items() if name.startswith(CANDIDATES)
            }
            cycle = Cycle(campaign, points)
        again = cycle(state, as_news(record.observations, record.quarantined, campaign))
        yield Replayed(record.number, tuple(compare(record, again, rtol)))
        state = state.after(record)
