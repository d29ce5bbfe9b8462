"""Reminding people of what waits for them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from loop.approval.decisions import FOLDER
from loop.approval.waiting import Waiting
from loop.approval_table import ApprovalTable
from loop.duration import parse_duration
from loop.history.durable import make_folder, replace_file

FILE = "reminded.json"


@dataclass(frozen=True)
class Reminder:
    """A request that has waited for long.

    Parameters
    ----------
    waiting
        Which.
    count
        The how many-th reminder it is, from 1.
    text
        For a person.
    """

    waiting: Waiting
    count: int
    text: str


def due(table: ApprovalTable, waiting: Waiting, time: datetime) -> int:
    """How many reminders of a request are due by a time.

    Parameters
    ----------
    table
        The campaign's ``[approval]``.
    waiting
        The request.
    time
        With a time zone.
    """
    if table.remind_after is None or waiting.since is None:
        return 0
    over = waiting.age(time) - parse_duration(table.remind_after)
    if over.total_seconds() < 0:
        return 0
    return 1 if table.remind_every is None else 1 + over // parse_duration(table.remind_every)


def due_reminders(table: ApprovalTable, waiting: Iterable[Waiting], time: datetime) -> list[Reminder]:
    """Give the newest reminder that is due of each request that nobody has decided about, whoever was given it before.

    Parameters
    ----------
    table
        The campaign's ``[approval]``.
    waiting
        What waits.
    time
        Now, with a time zone.
    """
    counts = [(due(table, each, time), each) for each in waiting if each.pending is None]
    return [Reminder(each, count, _text(table, each, time)) for count, each in counts if count > 0]


def reminders(path: Path, table: ApprovalTable, waiting: Iterable[Waiting], time: datetime) -> list[Reminder]:
    """Give the reminders that are due and were not given before, and note that they are given.

    A reminder that was missed, since nobody ran the campaign, is not made up for: one is given for all. Killed between
    note and reminder, one is lost; the next one comes.

    Parameters
    ----------
    path
        Folder of the history.
    table
        The campaign's ``[approval]``.
    waiting
        What waits.
    time
        Now, with a time zone.
    """
    if table.remind_after is None:
        return []
    file = path / FOLDER / FILE
    before = _given(file)
    given = due_reminders(table, waiting, time)
    found = [each for each in given if each.count > before.get(each.waiting.request.id, 0)]
    if found:
        make_folder(file.parent.absolute())
        replace_file(file, json.dumps({each.waiting.request.id: each.count for each in given}).encode())
    return found


def _given(file: Path) -> dict[str, int]:
    try:
        return {str(name): int(count) for name, count in json.loads(file.read_text(encoding="utf-8")).items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}  # a note of no consequence: people are reminded once more


def _text(table: ApprovalTable, waiting: Waiting, time: datetime) -> str:
    request, end = waiting.request, waiting.ends(table)
    hours = waiting.age(time).total_seconds() / 3600
    then = "" if end is None else f"; without an answer by {end.isoformat(timespec='minutes')}: {table.without_answer}"
    return f"{request.id} ({request.label}) has waited for approval for {hours:.1f} h: {request.approval}{then}"
