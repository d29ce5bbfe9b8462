"""What of a campaign is worth telling: from its records, its orders, its errors."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from flows.going_on import going_on
from flows.notifying.notice import Notice
from flows.notifying.subject import Subject
from flows.settings import LATE_SECONDS
from loop.approval import Reminder
from loop.campaign import Campaign
from loop.control import Kind, Order
from loop.errors import DoukaError, HistoryLockedError
from loop.notify_table import Occasion
from loop.records import CycleRecord, Status
from loop.retry import Trouble
from loop.state import State

WORKSHEET = "worksheet"
"""The adapter whose requests people answer."""

TROUBLE_AFTER = timedelta(hours=1)
_FOR_A_PERSON = ("FileNotFoundError", "PermissionError", "NotADirectoryError")
"""A path that is wrong, a key that was changed: they pass only once somebody mends them."""

_LISTED = 5
_FLEETING = re.compile(r"0x[0-9a-f]+|[0-9a-f]{12,}|/tmp/\S+|\d+", re.IGNORECASE)
"""Addresses, ids, times, temporary files: the same error has others at each try."""


def of_cycle(about: Subject, campaign: Campaign, state: State, record: CycleRecord) -> Iterator[Notice]:
    """What a cycle brought that people should know.

    Parameters
    ----------
    about, campaign
        The campaign.
    state
        With the record, or later.
    record
        Sealed.
    """
    name, number = about.name, f"{record.number:06d}"
    failed = [
        f"{state.requests[each.request_id].label} at {state.requests[each.request_id].adapter}: {each.note}"
        for each in record.changes
        if each.status in {Status.FAILED, Status.UNKNOWN}
    ]
    if failed:
        text = _listed(failed, f"What is known of them: douka quarantine {about.call}")
        yield _notice(f"failed-{number}", Occasion.FAILED, f"{name}: {_many(failed, 'request')} failed", text)
    # A failure that answers a request is told of with those that failed.
    put_aside = [each for each in record.quarantined if each.x is not None or each.request_id is None]
    aside = [f"{item.label}: {item.reason}" for item in put_aside]
    if aside:
        noun = "item" if any(each.x is None for each in put_aside) else "value"
        text = _listed(aside, f"To accept or reject: douka quarantine {about.call}")
        yield _notice(f"quarantined-{number}", Occasion.QUARANTINED, f"{name}: {_many(aside, noun)} put aside", text)
    yield from _asked(about, campaign, state, record)


def _asked(about: Subject, campaign: Campaign, state: State, record: CycleRecord) -> Iterator[Notice]:
    name, number = about.name, f"{record.number:06d}"
    people = {slot.table.name for slot in campaign.slots if slot.table.adapter == WORKSHEET}
    asked = [each.label for each in record.requests if each.adapter in people]
    if asked:
        text = _listed(asked, f"The sheet: douka worksheet {about.call}")
        yield _notice(
            f"worksheet-{number}", Occasion.WORKSHEET, f"{name}: {_many(asked, 'measurement')} to be made", text
        )
    present = [state.requests.get(each.id, each) for each in record.requests]
    waiting = [f"{each.label} at {each.adapter}" for each in present if each.status is Status.AWAITING_APPROVAL]
    if waiting:
        text = _listed(waiting, f"To approve or reject: douka approvals {about.call}")
        yield _notice(
            f"approval-{number}", Occasion.APPROVAL, f"{name}: {_many(waiting, 'request')} to be approved", text
        )


def of_order(about: Subject, order: Order) -> Iterator[Notice]:
    """A pause or a stop, whoever ordered it."""
    name, number = about.name, f"{order.number:06d}"
    if order.kind is not Kind.RESUME:
        occasion = Occasion.STOPPED if order.ends else Occasion.PAUSED
        title = f"{name} is {order.kind.done} {order.who}"
        text = f"{order.reason}\n{going_on(order, about.call)}".strip()
        yield _notice(f"order-{number}", occasion, title, text)


def of_end(about: Subject, state: State) -> Iterator[Notice]:
    """A campaign that is over."""
    if state.is_over:
        text = f"{state.stopped}.\nThe report: douka report {about.call}"
        yield _notice(f"finished-{state.next_cycle:06d}", Occasion.FINISHED, f"{about.name} is finished", text)


def of_error(about: Subject, next_cycle: int, error: Exception) -> Iterator[Notice]:
    """A cycle that could not be done; the same error of the same cycle is one event, however often it is tried.

    Parameters
    ----------
    about
        The campaign.
    next_cycle
        Which cycle.
    error
        What came instead.
    """
    said = str(error) if isinstance(error, DoukaError) else f"an error of douka itself or of a plug-in: {error!r}"
    digest = hashlib.sha256(_FLEETING.sub("#", said).encode()).hexdigest()[:12]
    text = f"{said}\nNothing is lost. Once it is mended: douka run {about.call}, or the schedule goes on by itself"
    yield _notice(f"error-{next_cycle:06d}-{digest}", Occasion.FAILED, f"{about.name}: cycle {next_cycle} failed", text)


def of_trouble(about: Subject, trouble: Trouble) -> Iterator[Notice]:
    """An adapter that has not answered for an hour, or never will by itself; told once.

    Parameters
    ----------
    about
        The campaign.
    trouble
        As it is kept.
    """
    lasted = datetime.fromisoformat(trouble.last) - datetime.fromisoformat(trouble.since)
    if lasted < TROUBLE_AFTER and not trouble.error.startswith(_FOR_A_PERSON):
        return
    key = f"trouble-{trouble.slot}-{trouble.act.value}-{trouble.since.replace(':', '')}"
    text = f"{trouble.slot} {trouble.story}\n{trouble.outlook}\nMended, it goes on by itself: douka status {about.call}"
    yield _notice(key, Occasion.FAILED, f"{about.name}: {trouble.slot} does not do what it is asked to", text)


def of_holder(about: Subject, error: HistoryLockedError) -> Iterator[Notice]:
    """A process that keeps a campaign from going on, by writing its history for long; told once."""
    digest = hashlib.sha256(error.holder.encode()).hexdigest()[:12]
    title = f"{about.name}: scheduled cycles are skipped"
    yield _notice(f"held-{digest}", Occasion.FAILED, title, f"{error}\nThen the schedule goes on by itself")


def of_crash(about: Subject, run: str, when: datetime, words: str) -> Notice:
    """A cycle whose process is gone; of those of one hour one is told.

    Parameters
    ----------
    about
        The campaign.
    run
        Its name.
    when
        It was found dead, with a time zone.
    words
        What the scheduler says.
    """
    what = words or "its process is gone"
    text = f"{run}: {what}\nNothing is lost: the next cycle takes up what it left. {_seen(about)}"
    return _notice(f"crashed-{when:%Y%m%dT%H}", Occasion.FAILED, f"{about.name}: a cycle crashed", text)


def of_late(about: Subject, due: datetime) -> Notice:
    """A cycle that has not begun long after it was due; of those of six hours one is told."""
    text = (
        f"Due at {_spoken(due)}, and not begun since: its machine is overloaded, or nobody takes its runs.\n"
        f"Nothing is lost. {_seen(about)}"
    )
    return _notice(f"late-{due:%Y%m%d}-{due.hour // 6}", Occasion.FAILED, f"{about.name}: a cycle did not begin", text)


def of_gap(about: Subject, missed: Sequence[datetime], now: datetime) -> Iterator[Notice]:
    """A campaign that nobody served for a while, told by who serves it again.

    Parameters
    ----------
    about
        The campaign.
    missed
        When cycles were due that nobody did.
    now
        With a time zone.
    """
    if missed and now - min(missed) > timedelta(seconds=LATE_SECONDS):
        first, last = min(missed), max(missed)
        text = f"Nobody served it from {_spoken(first)} to {_spoken(last)} ({len(missed)} cycles). It goes on now."
        yield _notice(f"gap-{first:%Y%m%dT%H%M%S}", Occasion.FAILED, f"{about.name} was not served for a while", text)


def of_reminder(about: Subject, reminder: Reminder) -> Notice:
    """A request that has waited for long for a person."""
    request = reminder.waiting.request
    title = f"{about.name}: {request.label} still waits for approval"
    text = f"{reminder.text}\nTo approve or reject: douka approvals {about.call}"
    return _notice(f"reminder-{request.id}-{reminder.count:04d}", Occasion.REMINDER, title, text)


def _seen(about: Subject) -> str:
    return f"How it stands: douka status {about.call}"


def _spoken(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _notice(key: str, occasion: Occasion, title: str, text: str) -> Notice:
    return Notice(key=key, occasion=occasion, title=title, text=text)


def _many(items: list[str], noun: str) -> str:
    return f"{len(items)} {noun}" + ("s" if len(items) != 1 else "")


def _listed(items: Iterable[str], last: str) -> str:
    lines = list(items)
    more = [f"and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else []
    return "\n".join([*lines[:_LISTED], *more, last])
