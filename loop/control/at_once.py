"""Stopping at once, whoever is at work."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
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
from loop.secret import secrets_of
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
    path: Path,
    order: Order,
    patience: float = PATIENCE_SECONDS,
    *,
    folder: Path | None = None,
    is_served: Callable[[], bool] = lambda: False,
) -> tuple[StatusChange, ...]:
    """Have the adapters of a history give up on everything that is open, then say so in the history.

    The adapters are told first, without waiting for anybody; one that cannot be made (its table is gone, its secret is
    not set here) keeps none of the others from it, and what it was asked for is left to whoever serves. The record is
    sealed here where nobody writes the history; whoever does seals it, before anything else, as soon as its step
    allows.

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
    is_served
        Whether another process serves the history, which ends at the order and may have the adapters that are missing
        here; asked again and again.

    Returns
    -------
    tuple of StatusChange
        What became of each request that was open: as it is sealed, or as the adapters say where it is not yet.
    """
    orders = Orders(path)
    if orders.is_settled(order):
        return _as_sealed(path, order.cycle)
    with History.open(path) as history:
        state = folded(history)
        campaign = campaign_at(history, state.next_cycle, folder)
    adapters = {slot.table.name: _adapter(campaign, slot, path) for slot in campaign.slots}
    secrets = secrets_of(campaign.text)
    changes = cancelled(adapters, state.open_requests, order.timeless, secrets)
    is_lacking = any(isinstance(adapters.get(each.adapter), _Unmade) for each in state.open_requests)
    deadline = time.monotonic() + patience
    while not orders.is_settled(order) and time.monotonic() < deadline:
        if is_lacking and is_served():
            time.sleep(_LOOK_SECONDS)
            continue
        try:
            with History.open(path, "a") as history:
                _seal(history, adapters, order, secrets)
                orders.settle(order)
        except HistoryLockedError:
            time.sleep(_LOOK_SECONDS)
    return _as_sealed(path, order.cycle) if orders.is_settled(order) else changes


def _adapter(campaign: Campaign, slot: Slot, path: Path) -> Cancelling:
    try:
        return plugin_named(slot.source, slot.table.adapter).make(context_of(campaign, slot.table.name, path))
    except Exception as error:
        return _Unmade(error)


def _seal(history: History, adapters: Mapping[str, Cancelling], order: Order, secrets: Sequence[str]) -> None:
    """Give up what is open now that nobody else can ask for more, and seal it."""
    state = folded(history)
    changes = cancelled(adapters, state.open_requests, order.timeless, secrets)
    if changes:
        record = cancellation(state, changes, order.timeless)
        history.append(replace(record, facts={**environment(), "sealed": now(), "person": order.person}))


def _as_sealed(path: Path, begun: int) -> tuple[StatusChange, ...]:
    """What became of requests from a cycle on, whoever sealed that; one that has its value may be open still."""
    with History.open(path) as history:
        records = [history.read(number) for number in range(begun, history.next_number)]
    ended = {each.request_id: each for record in records for each in record.changes if not each.status.is_open}
    return tuple(ended[name] for name in sorted(ended))
