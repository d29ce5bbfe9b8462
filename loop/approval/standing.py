"""How the approvals of a campaign stand: what waits, and which decisions do not hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from loop.approval.decisions import Decisions, Filed
from loop.approval.ruling import ruled
from loop.approval.waiting import Waiting, awaiting
from loop.campaign import Campaign
from loop.history import History
from loop.records import Decision
from loop.revising import campaign_at
from loop.state import State


@dataclass(frozen=True)
class Standing:
    """How the approvals of a campaign stand.

    Parameters
    ----------
    campaign, state
        As of the last cycle.
    waiting
        What waits for approval, with what is decided and not taken in yet.
    refused
        Decisions that do not hold, with the reason: as sealed, or as the next cycle will find.
    """

    campaign: Campaign
    state: State
    waiting: tuple[Waiting, ...]
    refused: tuple[Decision, ...]


def standing_of(path: Path) -> Standing:
    """Find how the approvals of a campaign stand.

    Parameters
    ----------
    path
        Folder of its history.

    Raises
    ------
    HistoryError
        Where there is none, or it is damaged.
    """
    with History.open(path) as history:
        state, refused = State(), list[Decision]()
        for record in history.records():
            state = state.after(record)
            refused += [each for each in record.decisions if each.refused]
        waiting = awaiting(history, state)
        campaign = campaign_at(history, state.next_cycle)
    refused += _to_be_refused(campaign, state, Decisions(path).since(state.decided))
    return Standing(campaign, state, tuple(waiting), tuple(refused))


def _to_be_refused(campaign: Campaign, state: State, pending: list[Filed]) -> list[Decision]:
    found = ruled(campaign, state, [filed.decision for filed in pending])
    return [each for each in found.decisions if each.refused]
