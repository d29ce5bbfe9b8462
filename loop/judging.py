"""A person's verdict on a value that was put aside, sealed at once or by the process that writes the history."""

from __future__ import annotations

from pathlib import Path

from loop.errors import HistoryLockedError
from loop.facts import now
from loop.history import History
from loop.records import CycleRecord
from loop.revising import campaign_at
from loop.snapshot import folded
from loop.verdicts import Given, Verdict, Verdicts


def judge(path: Path, verdict: Verdict, item: str, reason: str, person: str) -> CycleRecord | None:
    """Accept or reject what was put aside.

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
    CycleRecord or None
        As sealed; None where another process writes the history: then it seals the verdict before its next cycle.

    Raises
    ------
    DataError
        Where nothing that is put aside has the id, or no reason is given.
    """
    given = Given(verdict=verdict, item=item, reason=reason, person=person, time=now())
    try:
        with History.open(path, "a") as history:
            record = _record(history, given)
            history.append(record)
            return record
    except HistoryLockedError:
        with History.open(path) as history:
            _record(history, given)  # so that what cannot hold is refused now
        Verdicts(path).give(given)
        return None


def outcome(verdict: Verdict, record: CycleRecord | None) -> str:
    """Say what became of a verdict."""
    if record is None:
        return f"{verdict} is noted; the process that writes the history seals it before its next cycle"
    judged = record.observations[0] if record.observations else record.quarantined[0]
    words = "accepted, and learned from" if verdict is Verdict.ACCEPT else "rejected; it is kept"
    return f"cycle {record.number}: {judged.label} {judged.value:.6g} ({judged.id}): {words}"


def _record(history: History, given: Given) -> CycleRecord:
    state = folded(history)
    return given.record(campaign_at(history, state.next_cycle), state)
