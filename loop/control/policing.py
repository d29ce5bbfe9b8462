"""What pauses a campaign by itself: something is wrong that going on would make worse."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from loop.control.order import Kind, Order
from loop.control.suspicion import least_likely
from loop.errors import LimitError
from loop.facts import now
from loop.pause_table import PauseTable
from loop.records import CycleRecord, Status
from loop.state import State

_FAILED = (Status.FAILED, Status.UNKNOWN)


def before_cycle(table: PauseTable, folder: Path, last: str) -> Order | None:
    """Look at the disk and the clock.

    Parameters
    ----------
    table
        The campaign's ``[pause]``.
    folder
        Of the history.
    last
        When the last cycle was sealed, ISO 8601; empty where there was none.

    Returns
    -------
    Order or None
        To be given, where something is wrong.
    """
    free = shutil.disk_usage(folder).free / 1e6
    if free < table.free_megabytes:
        reason = f"{free:.0f} MB are free on the disk of {folder}, expected at least {table.free_megabytes:g} MB"
        return _paused(reason, "Make room there.")
    back = _seconds_back(last)
    if back > table.clock_seconds:
        reason = f"the clock went back by {back:.0f} s since the last cycle ({last})"
        return _paused(reason, "Set the clock of this machine right.")
    return None


def after_cycle(table: PauseTable, state: State, record: CycleRecord, since: int = 0) -> Order | None:
    """Look at what failed, and at what was put aside.

    Parameters
    ----------
    table
        The campaign's ``[pause]``.
    state
        With the record.
    record
        Just sealed.
    since
        Cycle at which a person last resumed the campaign: values before it were looked at.

    Returns
    -------
    Order or None
        To be given, where a slot failed once more and often enough, or gave so many suspicious values that this is
        no chance.
    """
    return _failing(table, state, record) or _suspicious(table, state, record, since)


def _failing(table: PauseTable, state: State, record: CycleRecord) -> Order | None:
    failed = {state.requests[each.request_id].adapter for each in record.changes if each.status in _FAILED}
    for slot in sorted(failed):
        count = state.failures.get(slot, 0)
        if count >= table.failures:
            note = [each.note for each in record.changes if state.requests[each.request_id].adapter == slot][-1]
            reason = f"{count} requests in a row failed at slot {slot!r}, the last: {note}"
            return _paused(reason, f"Look at what answers for {slot!r}, and at douka quarantine.")
    return None


def _suspicious(table: PauseTable, state: State, record: CycleRecord, since: int) -> Order | None:
    for slot in sorted({item.provenance.adapter for item in record.quarantined if item.z_score is not None}):
        judged = [each for each in state.judged[slot] if each.cycle >= since]
        batches = [(each.believed + len(each.suspicious), len(each.suspicious)) for each in judged]
        tail, count, length = least_likely(batches, table.suspicious_share, table.suspicious_window)
        if tail < table.suspicious_chance:
            reason = (
                f"{count} of the last {length} values of slot {slot!r} were put aside, because they lie too far from "
                f"their predictions; if {table.suspicious_share:.0%} of values are mistakes, that happens with a "
                f"probability of {tail:.1g}"
            )
            remedy = (
                f"Look at what answers for {slot!r} and at douka quarantine: accept what is right (then it is learned "
                "from), mend what gave the rest."
            )
            return _paused(reason, remedy)
    return None


def beyond_limit(error: LimitError) -> Order:
    """Order a pause after a request was held back by a hard limit."""
    return _paused(str(error), "Correct [limits], or the rule that chose the point.")


def _seconds_back(sealed: str) -> float:
    if not sealed:
        return 0.0
    return (datetime.fromisoformat(sealed) - datetime.fromisoformat(now())).total_seconds()


def _paused(reason: str, remedy: str) -> Order:
    return Order(kind=Kind.PAUSE, reason=reason, remedy=remedy, time=now())
