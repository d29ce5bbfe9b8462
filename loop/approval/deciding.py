"""A person decides about a request: checked at once, made durable, taken in by the next cycle."""

from __future__ import annotations

from pathlib import Path

from loop.approval.decisions import Decisions, Filed
from loop.approval.flaw import flaw
from loop.approval.ruling import ruled
from loop.errors import DataError
from loop.facts import now
from loop.history import History
from loop.records import Decision, Ruling
from loop.revising import campaign_at
from loop.snapshot import folded


def decide(path: Path, decision: Decision) -> Filed:
    """Approve, change or reject a request that waits for approval.

    Whoever runs the campaign takes the decision in with the next cycle, which holds it against the campaign again. Of
    two decisions about one request the first holds.

    Parameters
    ----------
    path
        Folder of the history; anybody may have it open.
    decision
        Of a person, who is named in it.

    Returns
    -------
    Filed
        As it was kept.

    Raises
    ------
    DataError
        Where it would not hold: no such request, decided before and by whom, a point that cannot be asked for; or where
        a rejection gives no reason, or nobody is named.
    HistoryError
        Where there is no history, or it cannot be written.
    """
    if not decision.person.strip():
        raise DataError(f"{decision.request_id}: nobody is named who decides")
    if decision.ruling is Ruling.REJECTED and not decision.reason.strip():
        raise DataError(f"{decision.request_id}: a rejection needs a reason")
    with History.open(path) as history:
        state = folded(history)
        campaign = campaign_at(history, state.next_cycle)
    files = Decisions(path)
    pending = files.since(state.decided)
    for filed in pending:
        if filed.decision.request_id == decision.request_id:
            raise DataError(f"{decision.request_id} is decided already: {filed}; the next cycle takes that in")
    before = ruled(campaign, state, [filed.decision for filed in pending]).state
    if problem := flaw(campaign, before, decision):
        raise DataError(problem)
    return files.give(decision, now())
