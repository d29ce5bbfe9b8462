"""Noticing what happened since the last look, and telling it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from pathlib import Path

from flows.logbook import never_fatal
from flows.notifying.messenger import Messenger
from flows.notifying.notice import Notice
from flows.notifying.occasions import of_cycle, of_end, of_error, of_order, of_reminder, of_trouble
from flows.notifying.outbox import Outbox
from flows.notifying.subject import Subject
from loop.approval import awaiting, due_reminders
from loop.campaign import Campaign
from loop.control import Kind, Orders
from loop.history import History
from loop.retry import Troubles
from loop.secret import secrets_of
from loop.state import State


class Telling:
    """Tells the recipients of a campaign's ``[notify]``; whatever fails is logged and tried again at a later look.

    What is new since the last look becomes a notice, which a :class:`~flows.notifying.messenger.Messenger` tells once,
    however many processes look.

    Parameters
    ----------
    campaign
        With its ``[notify]``.
    history
        Folder of its history.
    """

    def __init__(self, campaign: Campaign, history: Path) -> None:
        self._campaign, self._history = campaign, history
        self._about = Subject.of(campaign.folder, history)
        self._table = campaign.table.notify
        self._outbox = Outbox(history)
        self._messenger = Messenger(self._table, self._outbox, secrets_of(campaign.text))
        self._orders, self._troubles = Orders(history), Troubles(history)

    def look(self, state: State) -> None:
        """Tell what happened.

        Parameters
        ----------
        state
            Fold of the history.
        """
        if self._table.to:
            with never_fatal("notifying"):
                try:
                    self._notice(state)
                    self._messenger.keep(self._reminders(state))
                    for trouble in self._troubles.all():
                        self._messenger.keep(of_trouble(self._about, trouble))
                finally:
                    self._messenger.send()

    def error(self, error: Exception, next_cycle: int) -> None:
        """Tell that a cycle could not be done."""
        self.tell(of_error(self._about, next_cycle, error))

    def tell(self, notices: Iterable[Notice], told: Collection[str] = ()) -> None:
        """Tell what no record says.

        Parameters
        ----------
        notices
            What.
        told
            Recipients who hear of it in another way.
        """
        if self._table.to:
            with never_fatal("notifying"):
                self._messenger.keep(notices, told)
                self._messenger.send()

    def _notice(self, state: State) -> None:
        cycle, order = self._outbox.seen or self._beginning(state)
        if cycle < state.next_cycle:
            with History.open(self._history) as history:
                for number in range(cycle, state.next_cycle):
                    self._messenger.keep(of_cycle(self._about, self._campaign, state, history.read(number)))
        orders = [each for each in self._orders.all() if each.number >= order]
        lifted = max((each.number for each in orders if each.kind is Kind.RESUME), default=-1)
        for each in orders:
            if each.number > lifted:  # what was ordered and lifted between two looks is no news
                self._messenger.keep(of_order(self._about, each))
        self._messenger.keep(of_end(self._about, state))
        self._outbox.note_seen(state.next_cycle, max([order, *(each.number + 1 for each in orders)]))

    def _beginning(self, state: State) -> tuple[int, int]:
        """Of a history not looked at before the past is no news, but for its last cycle and the order that stands."""
        standing, last = self._orders.standing(), self._orders.last()
        after = standing.number if standing else last.number + 1 if last else 0
        return max(state.next_cycle - 1, 0), after

    def _reminders(self, state: State) -> Iterable[Notice]:
        table = self._campaign.table.approval
        if table.remind_after is None or not state.awaiting_approval:
            return ()
        with History.open(self._history) as history:
            due = due_reminders(table, awaiting(history, state), datetime.now(UTC))
        return [of_reminder(self._about, each) for each in due]
