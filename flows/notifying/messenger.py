"""Keeping notices and sending what waits, to the recipients of ``[notify]``."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import replace

from flows.errors import NotificationError
from flows.logbook import complain
from flows.notifying.notice import Notice
from flows.notifying.outbox import Outbox
from loop.errors import HistoryError
from loop.notify_table import VARIABLE, NotifyTable
from loop.secret import concealed

AGAIN_SECONDS = 60.0
LONGEST = 1500
"""Characters, about: chats take a few thousand."""


class Messenger:
    """Tells recipients what waits for them; what one does not take is logged and tried again a minute later.

    A notice is durable first, then it is sent, then marked: after a crash between the last two it is sent twice rather
    than never. All that waits for a recipient goes as one message. Of several processes one sends at a time.

    Parameters
    ----------
    table
        The campaign's ``[notify]``.
    outbox
        Of its history.
    secrets
        Texts that no notice may hold, whatever quotes them.
    has_server
        Whether Prefect's server can be asked for blocks; without one, what is for them waits.
    """

    def __init__(
        self, table: NotifyTable, outbox: Outbox, secrets: Collection[str] = (), *, has_server: bool = True
    ) -> None:
        self._table, self._outbox, self._secrets = table, outbox, secrets
        self._to = [each for each in table.to if has_server or VARIABLE.fullmatch(each)]
        self._quiet_until: dict[str, float] = {}
        self._unkept: dict[str, Notice] = {}
        self._told: set[tuple[str, str]] = set()

    def keep(self, notices: Iterable[Notice], told: Collection[str] = ()) -> None:
        """Make notices durable that people want to be told.

        Parameters
        ----------
        notices
            Those that are known by their key are left as they are.
        told
            Recipients who hear of it in another way.
        """
        for notice in notices:
            if notice.occasion in self._table.on:
                title, text = (concealed(each, self._secrets) for each in (notice.title, notice.text))
                self._keep(replace(notice, title=title, text=text), told)

    def _keep(self, notice: Notice, told: Collection[str]) -> None:
        try:
            self._outbox.add(notice)
        except HistoryError:  # a disk that is full: told all the same, once by each process that sees it
            self._unkept[notice.key] = notice
        self._told |= {(each, notice.key) for each in told}
        with suppress(HistoryError):
            for each in told:
                self._outbox.note_told([notice], each)

    def send(self) -> None:
        """Send what waits, unless another process is at it."""
        with self._outbox.sending() as is_ours:
            for recipient in self._to if is_ours else ():
                if time.monotonic() >= self._quiet_until.get(recipient, 0.0):
                    self._send(recipient)

    def _send(self, recipient: str) -> None:
        waiting = [*self._outbox.waiting(recipient), *self._unkept.values()]
        notices = [each for each in waiting if (recipient, each.key) not in self._told]
        if not notices:
            return
        from flows.notifying.recipients import send

        title, text = message(notices)
        try:
            send(recipient, title, text)
        except NotificationError as error:
            self._quiet_until[recipient] = time.monotonic() + AGAIN_SECONDS
            complain(f"{error}; it is tried again")
            return
        self._told |= {(recipient, each.key) for each in notices}
        with suppress(HistoryError):
            self._outbox.note_told(notices, recipient)


def message(notices: list[Notice]) -> tuple[str, str]:
    """Title and text of what waits for a recipient: one message, however many notices, the newest first.

    Services refuse what is too long, and would go on refusing it: of very many notices the older ones are counted.
    """
    title = notices[-1].title + (f" (and {len(notices) - 1} more)" if len(notices) > 1 else "")
    if len(notices) == 1:
        return title, notices[0].text[:LONGEST]
    said: list[str] = []
    for notice in reversed(notices):
        said.append(f"{notice.title}\n{notice.text}"[:LONGEST])
        if sum(map(len, said)) > LONGEST:
            break
    left = len(notices) - len(said)
    return title, "\n\n".join([*said, *([f"and {left} earlier ones: see douka status"] if left else [])])
