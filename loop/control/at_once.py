"""Stopping at once, whoever is at work."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from loop.campaign import Campaign, Slot
from loop.control.cancelling import Cancelling, cancellation, cancelled
from loop.control.order import Order
from loop.control.orders import Orders
from loop.errors import HistoryLockedError
from loop.facts import environment, now
from loop.history import History
from loop.plugins import plugin_named
from loop.records import StatusChange
from loop.revising import campaign_at
from loop.slots import context_of
from loop.snapshot import folded

PATIENCE_SECONDS = 60.0
_LOOK_SECONDS = 0.2


class _Unmade:
    """Stands for an adapter that cannot be made: what it was asked for is not cancelled, and that is said."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def cancel(self, request_id: str) -> None:  # noqa: ARG002  whichever it is
        raise self._error


def give_up_now(
    path: Path, order: Order, patience: float = PATIENCE_SECONDS, *, folder: Path | None = None
) -> tuple[StatusChange, ...]:
    """Have the adapters of a history give up on everything that is open, then say so in the history.

    The adapters are told first, without waiting for anybody; one that cannot be made (its table is gone, its secret is
    not set here) keeps none of the others from it. The record is sealed here where nobody writes the history;
    whoever does seals it, before anything else, as soon as its step allows.

    Parameters
    ----------
    path
        Folder of the history.
    order
        Which stands already, so that nothing more is handed out.
    patience
        Seconds to wait for another writer; the order stands, whatever becomes of that.
    folder
        Where the campaign's files are; where they were when the last cycle was done if None.

    Returns
    -------
    tuple of StatusChange
        What became of each request that was open.
    """
    orders = Orders(path)
    with History.open(path) as history:
        state = folded(history)
        campaign = campaign_at(history, state.next_cycle, folder)
    adapters = {slot.table.name: _adapter(campaign, slot, path) for slot in campaign.slots}
    changes = cancelled(adapters, state.open_requests, order.timeless)
    deadline = time.monotonic() + patience
    while not orders.is_settled(order) and time.monotonic() < deadline:
        try:
            with History.open(path, "a") as history:
                changes = _sealed(history, adapters, order)
                orders.settle(order)
        except HistoryLockedError:
            time.sleep(_LOOK_SECONDS)
    return changes


def _adapter(campaign: Campaign, slot: Slot, path: Path) -> Cancelling:
    try:
        return plugin_named(slot.source, slot.table.adapter).make(context_of(campaign, slot.table.name, path))
    except Exception as error:
        return _Unmade(error)


def _sealed(history: History, adapters: Mapping[str, Cancelling], order: Order) -> tuple[StatusChange, ...]:
    """Give up what is open now that nobody else can ask for more, and seal it."""
    state = folded(history)
    changes = cancelled(adapters, state.open_requests, order.timeless)
    if changes:
        record = cancellation(state, changes, order.timeless)
        history.append(replace(record, facts={**environment(), "sealed": now(), "person": order.person}))
    return changes
