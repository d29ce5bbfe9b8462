"""Doing a history again, to see that the same comes out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from loop.admission import as_news
from loop.control import cancellation
from loop.cycle import Cycle
from loop.history import Difference, History, compare
from loop.importing import CHECKED_TOGETHER, imported
from loop.records import CycleRecord
from loop.refolding import migration, retraction
from loop.revising import campaign_at
from loop.state import CANDIDATES, REFOLD, State
from loop.verdict import acceptance, rejection

_SENTENCES = (".text", ".reason", ".note")
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?(e[-+]?\d+)?")


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
    state = State()
    cycles: dict[int, Cycle] = {}
    for record in history.records():
        if until is not None and record.number > until:
            return
        again = _again(history, state, record, cycles)
        found = compare(record, again, rtol)
        if rtol > 0:
            found = [difference for difference in found if not _differs_in_numbers_only(difference)]
        yield Replayed(record.number, tuple(found))
        state = state.after(record)


def _differs_in_numbers_only(difference: Difference) -> bool:
    """Whether a sentence for people says the same with other digits; the numbers are compared elsewhere."""
    if not difference.quantity.endswith(_SENTENCES):
        return False
    return _NUMBER.sub("#", str(difference.first)) == _NUMBER.sub("#", str(difference.second))


def _again(history: History, state: State, record: CycleRecord, cycles: dict[int, Cycle]) -> CycleRecord:
    """Do one cycle again; ``cycles`` keeps the campaigns at work by revision, and with them the fit before the news."""
    campaign = campaign_at(history, record.number)
    match record.summary.get(REFOLD):
        case "migration":
            before = campaign_at(history, record.number - 1)
            return migration(before, campaign, state, _candidates(record), str(record.summary["reason"]))
        case "retraction":
            return retraction(campaign, state, record.quarantined[0].id, str(record.summary["reason"]))
        case "acceptance":
            return acceptance(campaign, state, record.observations[0].id, str(record.summary["reason"]))
        case "rejection":
            return rejection(campaign, state, record.quarantined[0].id, str(record.summary["reason"]))
        case "cancellation":
            return cancellation(state, record.changes, str(record.summary["reason"]))
        case "import":
            news = as_news(record.observations, record.quarantined, campaign)
            together = bool(record.summary.get(CHECKED_TOGETHER, False))
            return imported(
                campaign, state, news, _candidates(record), str(record.summary["reason"]), together=together
            )
        case _:
            cycle = cycles.setdefault(history.header_at(record.number).revision, Cycle(campaign, _candidates(record)))
            values = as_news(record.observations, record.quarantined, campaign)
            return cycle(state, [*record.decisions, *values])


def _candidates(record: CycleRecord) -> dict[str, np.ndarray]:
    return {name.removeprefix(CANDIDATES): a for name, a in record.arrays.items() if name.startswith(CANDIDATES)}
