"""Telling that a campaign fails before anything is known of it: its file, an adapter or its history is not in order."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.logbook import never_fatal
from flows.notifying.messenger import Messenger
from flows.notifying.occasions import of_error, of_holder
from flows.notifying.outbox import Outbox
from flows.notifying.subject import Subject
from loop.errors import HistoryError, HistoryLockedError
from loop.history import History
from loop.notify_table import NotifyTable
from loop.secret import secrets_of

HELD_SECONDS = 3600.0
"""Another process that writes a history for so long keeps its campaign from going on; before, they take turns."""


def tell_failure(campaign: Path, history: Path, error: Exception, *, has_server: bool = True) -> None:
    """Tell the recipients of a campaign that it fails: once per distinct error of a cycle, however often it is tried.

    Parameters
    ----------
    campaign
        Its folder, or its file.
    history
        Folder of its history, whether or not it can be read.
    error
        What went wrong. That another process writes the history is told where that lasts.
    has_server
        Whether Prefect's server can be asked for blocks; without one, what is for them waits.
    """
    if isinstance(error, HistoryLockedError) and error.seconds < HELD_SECONDS:
        return
    with never_fatal("notifying"):
        file = campaign / "campaign.toml" if campaign.is_dir() else campaign
        table, text = _table_of(file, history)
        if not table.to:
            return
        about = Subject.of(file.resolve().parent, history)
        messenger = Messenger(table, Outbox(history), secrets_of(text), has_server=has_server)
        if isinstance(error, HistoryLockedError):
            messenger.keep(of_holder(about, error))
        else:
            messenger.keep(of_error(about, _next_number(history), error))
        messenger.send()


@contextmanager
def failures_told(campaign: Path, history: Path) -> Iterator[None]:
    """Tell the failure of what is tried before any server is there; recipients that are blocks are told later.

    Parameters
    ----------
    campaign, history
        As for :func:`tell_failure`.
    """
    try:
        yield
    except Exception as error:
        tell_failure(campaign, history, error, has_server=False)
        raise


def _table_of(file: Path, history: Path) -> tuple[NotifyTable, str]:
    """``[notify]`` as the file says now, whatever else is wrong with it; else as it was sealed last."""
    try:
        text = file.read_text(encoding="utf-8")
        return _parsed(text), text
    except (OSError, ValueError):
        text = _sealed(history)
        return _parsed(text), text


def _parsed(text: str) -> NotifyTable:
    return NotifyTable.model_validate(tomllib.loads(text).get("notify", {}))


def _sealed(history: Path) -> str:
    try:
        return History.open(history).header.campaign_text
    except HistoryError:
        return ""


def _next_number(history: Path) -> int:
    try:
        return History.open(history).next_number
    except HistoryError:
        return 0
