"""The requests that wait for approval, since when, and for how long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from loop.approval.decisions import Decisions, Filed
from loop.approval.idling import Idling
from loop.approval_table import ApprovalTable
from loop.history import History
from loop.records import CycleRecord, Decision, Request, Ruling
from loop.state import State

_THEN = {"approve": Ruling.APPROVED, "reject": Ruling.REJECTED}


@dataclass(frozen=True)
class Waiting:
    """A request that waits for approval.

    Parameters
    ----------
    request
        Which.
    since
        When it was sealed; None where its record does not say.
    pending
        What was decided about it and no cycle has taken in yet; None where nothing was.
    idle
        How much of the time since then does not count, see :class:`~loop.approval.idling.Idling`.
    """

    request: Request
    since: datetime | None
    pending: Filed | None = None
    idle: timedelta = timedelta()

    def ends(self, table: ApprovalTable) -> datetime | None:
        """When it is decided without an answer; None for never.

        Parameters
        ----------
        table
            The campaign's ``[approval]``.
        """
        return None if self.since is None or table.patience is None else self.since + table.patience + self.idle

    def lapsed(self, table: ApprovalTable, time: datetime) -> Decision | None:
        """What becomes of it without an answer, if it has waited for as long as that; else None.

        Parameters
        ----------
        table
            The campaign's ``[approval]``.
        time
            Now, with a time zone.
        """
        end = self.ends(table)
        if end is None or time < end:
            return None
        reason = f"nobody answered within {table.timeout}"
        return Decision(request_id=self.request.id, ruling=_THEN[table.without_answer], reason=reason)

    def age(self, time: datetime) -> timedelta:
        """How long it has waited."""
        return timedelta() if self.since is None else time - self.since


def sealed_at(record: CycleRecord) -> datetime | None:
    """When a cycle was sealed; None where its facts do not say."""
    try:
        found = datetime.fromisoformat(str(record.facts.get("sealed", "")))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def awaiting(history: History, state: State) -> list[Waiting]:
    """List what waits for approval, in the order in which it was asked.

    Parameters
    ----------
    history
        Open; only the records that asked are read.
    state
        Its fold.

    Raises
    ------
    HistoryError
        Where a record or a decision is damaged.
    """
    requests = state.awaiting_approval
    if not requests:
        return []
    pending: dict[str, Filed] = {}
    for filed in Decisions(history.path).since(state.decided):
        pending.setdefault(filed.decision.request_id, filed)
    since = {number: sealed_at(history.read(number)) for number in {each.cycle for each in requests}}
    idling = Idling.read(history.path)
    idle = {number: idling.since(time) for number, time in since.items()}
    return [Waiting(each, since[each.cycle], pending.get(each.id), idle[each.cycle]) for each in requests]
