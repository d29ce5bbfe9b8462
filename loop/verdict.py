"""What a person decides about a value that was put aside: it is believed after all, or it is not."""

from __future__ import annotations

from dataclasses import replace

from loop.admission import believed
from loop.campaign import Campaign
from loop.errors import DataError
from loop.records import CycleRecord, Quarantined
from loop.refolding import refolded
from loop.state import ACCEPTANCE, REJECTION, State


def acceptance(campaign: Campaign, state: State, item_id: str, reason: str) -> CycleRecord:
    """Believe a value that was put aside: it is learned from and leaves the quarantine.

    Parameters
    ----------
    campaign
        As it stands.
    state
        What is known.
    item_id
        Id of the item, or the beginning of it.
    reason
        Why, in a person's words.

    Raises
    ------
    DataError
        Where nothing that is put aside has the id, or several items do, no reason is given, or the item is no value of
        the campaign.
    """
    item = _found(state, item_id, reason)
    accepted = believed(campaign, state, item)
    draft = CycleRecord(number=state.next_cycle, observations=(accepted,))
    return refolded(campaign, state, ACCEPTANCE, reason, (*state.observations, accepted), draft)


def rejection(campaign: Campaign, state: State, item_id: str, reason: str) -> CycleRecord:
    """Do not believe a value that was put aside: it stays there, with the verdict.

    Parameters
    ----------
    campaign, state, item_id, reason
        As for :func:`acceptance`.

    Raises
    ------
    DataError
        Where nothing that is put aside has the id, or several items do, or no reason is given.
    """
    judged = replace(_found(state, item_id, reason), verdict=f"rejected: {reason.strip()}")
    draft = CycleRecord(number=state.next_cycle, quarantined=(judged,))
    return refolded(campaign, state, REJECTION, reason, state.observations, draft)


def _found(state: State, item_id: str, reason: str) -> Quarantined:
    if not reason.strip():
        raise DataError("a verdict needs a reason")
    found = {item.id: item for item in state.quarantine if item.id.startswith(item_id)}
    if len(found) != 1 or not item_id:
        raise DataError(
            f"{len(found)} values that were put aside have an id that begins with {item_id!r}, expected one"
        )
    return next(iter(found.values()))
