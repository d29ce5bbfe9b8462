"""What people decided since the last cycle, and what nobody decided in time: news, like what adapters bring."""

from __future__ import annotations

from datetime import datetime

from loop.approval.decisions import Decisions
from loop.approval.idling import Idling
from loop.approval.waiting import Waiting, sealed_at
from loop.approval_table import ApprovalTable
from loop.history import History
from loop.records import Decision, Request
from loop.state import State


class Approvals:
    """The decisions about one campaign at work.

    The clock is asked here and nowhere in the fold: that nobody answered in time is sealed like an answer.

    Parameters
    ----------
    table
        The campaign's ``[approval]``.
    history
        Of the campaign.
    """

    def __init__(self, table: ApprovalTable, history: History) -> None:
        self._table = table
        self._history = history
        self._files = Decisions(history.path)
        self._since: dict[int, datetime | None] = {}
        self._idling = self._written = Idling.read(history.path)

    def news(self, state: State, time: str) -> list[Decision]:
        """Decisions that no cycle has taken in, then those that time has made. Repeatable.

        Parameters
        ----------
        state
            What is known.
        time
            Now, UTC, ISO 8601.
        """
        given = [filed.decision for filed in self._files.since(state.decided)]
        answered, moment = {each.request_id for each in given}, datetime.fromisoformat(time)
        self._look(state, moment)
        waiting = [self._waiting(each) for each in state.awaiting_approval]
        lapsed = [each.lapsed(self._table, moment) for each in waiting if each.request.id not in answered]
        return given + [each for each in lapsed if each is not None]

    def times(self, decisions: tuple[Decision, ...]) -> dict[str, str]:
        """When decisions were given: facts for the record that takes them in."""
        return self._files.times(decisions)

    def _waiting(self, request: Request) -> Waiting:
        since = self._sealed(request.cycle)
        return Waiting(request, since, idle=self._idling.since(since))

    def _look(self, state: State, time: datetime) -> None:
        """Note that somebody looks after what waits; now and then for the next process, too."""
        patience = self._table.patience
        if patience is None or not state.awaiting_approval:
            return
        moments = [self._sealed(each.cycle) for each in state.awaiting_approval]
        asked = min((each for each in moments if each is not None), default=None)
        self._idling = self._idling.looked(time, patience, asked)
        before = self._written.last
        if before is None or abs(time - before) > patience / 20 or self._idling.spans != self._written.spans:
            self._idling.write(self._history.path)
            self._written = self._idling

    def _sealed(self, cycle: int) -> datetime | None:
        if cycle not in self._since and self._table.patience is not None:
            self._since[cycle] = sealed_at(self._history.read(cycle))
        return self._since.get(cycle)
