"""What of a campaign is worth telling: from its records, its orders, its errors."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from flows.going_on import going_on
from flows.notifying.notice import Notice
from loop.campaign import Campaign
from loop.control import Kind, Order
from loop.notify_table import Occasion
from loop.records import CycleRecord, Status
from loop.state import State

WORKSHEET = "worksheet"
"""The adapter whose requests people answer."""

_LISTED = 5


def of_cycle(campaign: Campaign, state: State, record: CycleRecord) -> Iterator[Notice]:
    """What a cycle brought that people should know.

    Parameters
    ----------
    campaign
        The campaign.
    state
        With the record, or later.
    record
        Sealed.
    """
    name, number = campaign.name, f"{record.number:06d}"
    failed = [
        f"{state.requests[each.request_id].label} at {state.requests[each.request_id].adapter}: {each.note}"
        for each in record.changes
        if each.status in {Status.FAILED, Status.UNKNOWN}
    ]
    if failed:
        text = _listed(failed, f"What is known of them: douka quarantine {name}")
        yield _notice(f"failed-{number}", Occasion.FAILED, f"{name}: {_many(failed, 'request')} failed", text)
    aside = [f"{item.label}: {item.reason}" for item in record.quarantined if item.x is not None]
    if aside:
        text = _listed(aside, f"To accept or reject: douka quarantine {name}")
        yield _notice(f"quarantined-{number}", Occasion.QUARANTINED, f"{name}: {_many(aside, 'value')} put aside", text)
    yield from _asked(campaign, state, record)


def _asked(campaign: Campaign, state: State, record: CycleRecord) -> Iterator[Notice]:
    name, number = campaign.name, f"{record.number:06d}"
    people = {slot.table.name for slot in campaign.slots if slot.table.adapter == WORKSHEET}
    asked = [each.label for each in record.requests if each.adapter in people]
    if asked:
        text = _listed(asked, f"The sheet: douka worksheet {name}")
        yield _notice(
            f"worksheet-{number}", Occasion.WORKSHEET, f"{name}: {_many(asked, 'measurement')} to be made", text
        )
    present = [state.requests.get(each.id, each) for each in record.requests]
    waiting = [f"{each.label} at {each.adapter}" for each in present if each.status is Status.AWAITING_APPROVAL]
    if waiting:
        text = _listed(waiting, f"To approve or reject: douka approvals {name}")
        yield _notice(
            f"approval-{number}", Occasion.APPROVAL, f"{name}: {_many(waiting, 'request')} to be approved", text
        )


def of_order(campaign: Campaign, order: Order) -> Iterator[Notice]:
    """A pause or a stop, whoever ordered it."""
    name, number = campaign.name, f"{order.number:06d}"
    if order.kind is not Kind.RESUME:
        occasion = Occasion.STOPPED if order.ends else Occasion.PAUSED
        title = f"{name} is {order.kind.done} {order.who}"
        text = f"{order.reason}\n{going_on(order, name)}".strip()
        yield _notice(f"order-{number}", occasion, title, text)


def of_end(campaign: Campaign, state: State) -> Iterator[Notice]:
    """A campaign that is over."""
    if state.is_over:
        text = f"{state.stopped}.\nThe report: douka report {campaign.name}"
        yield _notice(f"finished-{state.next_cycle:06d}", Occasion.FINISHED, f"{campaign.name} is finished", text)


def of_error(campaign: Campaign, next_cycle: int, error: Exception) -> Iterator[Notice]:
    """A cycle that could not be done; the same error of the same cycle is one event, however often it is tried."""
    digest = hashlib.sha256(str(error).encode()).hexdigest()[:12]
    text = f"{error}\nNothing is lost. Once it is mended: douka run {campaign.name}, or the schedule goes on by itself"
    title = f"{campaign.name}: cycle {next_cycle} failed"
    yield _notice(f"error-{next_cycle:06d}-{digest}", Occasion.FAILED, title, text)


def _notice(key: str, occasion: Occasion, title: str, text: str) -> Notice:
    return Notice(key=key, occasion=occasion, title=title, text=text)


def _many(items: list[str], noun: str) -> str:
    return f"{len(items)} {noun}" + ("s" if len(items) != 1 else "")


def _listed(items: Iterable[str], last: str) -> str:
    lines = list(items)
    more = [f"and {len(lines) - _LISTED} more"] if len(lines) > _LISTED else []
    return "\n".join([*lines[:_LISTED], *more, last])
