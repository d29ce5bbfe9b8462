"""A person's verdict, sealed."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from pathlib import Path

from loop.facts import environment, now
from loop.history import History
from loop.records import CycleRecord
from loop.revising import campaign_at
from loop.state import fold
from loop.verdict import acceptance, rejection


class Verdict(StrEnum):
    """What a person can decide about a value that was put aside."""

    ACCEPT, REJECT = "accept", "reject"


def judge(path: Path, verdict: Verdict, item: str, reason: str, person: str) -> CycleRecord:
    """Seal a record that accepts or rejects what was put aside.

    Parameters
    ----------
    path
        Folder of the history.
    verdict
        What was decided.
    item
        Id of the value, or the beginning of it.
    reason
        Why.
    person
        Who decided.

    Returns
    -------
    CycleRecord
        As sealed.

    Raises
    ------
    DataError
        Where nothing that is put aside has the id, or no reason is given.
    HistoryLockedError
        While another process writes the history.
    """
    with History.open(path, "a") as history:
        state = fold(history.records())
        decide = acceptance if verdict is Verdict.ACCEPT else rejection
        record = decide(campaign_at(history, state.next_cycle), state, item, reason)
        record = replace(record, facts={**environment(), "sealed": now(), "person": person})
        history.append(record)
    return record


def outcome(verdict: Verdict, record: CycleRecord) -> str:
    """Say what became of the value, with what a sealed verdict holds."""
    judged = record.observations[0] if record.observations else record.quarantined[0]
    words = "accepted, and learned from" if verdict is Verdict.ACCEPT else "rejected; it is kept"
    return f"{judged.label} {judged.value:.6g} ({judged.id}): {words}"
