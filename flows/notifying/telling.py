"""Noticing what happened since the last look, and telling it."""

from __future__ import annotations

import time
from collections.abc import Iterable

from flows.errors import NotificationError
from flows.logbook import complain, never_fatal
from flows.notifying.notice import Notice
from flows.notifying.occasions import of_cycle, of_end, of_error, of_order
from flows.notifying.outbox import Outbox
from loop.campaign import Campaign
from loop.control import Orders
from loop.history import History
from loop.state import State

AGAIN_SECONDS = 60.0


class Telling:
    """Tells the recipients of a campaign's ``[notify]``; whatever fails is logged and tried again at a later look.

    What is new since the last look becomes a durable notice first, then it is sent, then marked: after a crash between
    the last two it is sent twice rather than never. All that waits for a recipient goes as one message.

    Parameters
    ----------
    campaign
        With its ``[notify]``.
    history
        Open.
    """

    def __init__(self, campaign: Campaign, history: History) -> None:
        self._campaign, self._history = campaign, history
        self._table = campaign.table.notify
        self._outbox = Outbox(history.path)
        self._orders = Orders(history.path)
        self._quiet_until: dict[str, float] = {}

    def look(self, state: State) -> None:
        """Tell what happened.

        Parameters
        ----------
        state
            Fold of the history.
        """
        if self._table.to:
            with never_fatal("notifying"):
                self._notice(state)
                self._send()

    def error(self, error: Exception) -> None:
        """Tell that a cycle could not be done."""
        if self._table.to:
            with never_fatal("notifying"):
                self._keep(of_error(self._campaign, self._history.next_number, error))
                self._send()

    def _notice(self, state: State) -> None:
        cycle, order = self._outbox.seen or self._beginning()
        for number in range(cycle, state.next_cycle):
            self._keep(of_cycle(self._campaign, state, self._history.read(number)))
        orders = [each for each in self._orders.all() if each.number >= order]
        for each in orders:
            self._keep(of_order(self._campaign, each))
        self._keep(of_end(self._campaign, state))
        self._outbox.note_seen(state.next_cycle, max([order, *(each.number + 1 for each in orders)]))

    def _beginning(self) -> tuple[int, int]:
        """Of a history not looked at before the past is no news, but for its last cycle and the order that stands."""
        standing, last = self._orders.standing(), self._orders.last()
        after = standing.number if standing else last.number + 1 if last else 0
        return max(self._history.next_number - 1, 0), after

    def _keep(self, notices: Iterable[Notice]) -> None:
        for notice in notices:
            if notice.occasion in self._table.on:
                self._outbox.add(notice)

    def _send(self) -> None:
        for recipient in self._table.to:
            if time.monotonic() < self._quiet_until.get(recipient, 0.0):
                continue
            notices = self._outbox.waiting(recipient)
            if notices:
                self._sent(recipient, notices)

    def _sent(self, recipient: str, notices: list[Notice]) -> None:
        from flows.notifying.recipients import send

        title, text = message(notices)
        try:
            send(recipient, title, text)
        except NotificationError as error:
            self._quiet_until[recipient] = time.monotonic() + AGAIN_SECONDS
            complain(f"{error}; it is tried again")
            return
        self._outbox.note_told(notices, recipient)


def message(notices: list[Notice]) -> tuple[str, str]:
    """Title and text of what waits for a recipient: one message, however many notices."""
    if len(notices) == 1:
        return notices[0].title, notices[0].text
    return (
        f"{notices[0].title} (and {len(notices) - 1} more)",
        "\n\n".join(f"{each.title}\n{each.text}" for each in notices),
    )
