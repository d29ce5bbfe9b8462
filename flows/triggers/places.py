"""The places where news of a campaign turn up: its adapters, and what lies beside its history."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from flows.callbacks import Say
from flows.triggers.asking import asked
from flows.triggers.lookout import Lookout
from loop.approval.decisions import Decisions
from loop.campaign import Campaign, Slot
from loop.control import Kind, Orders
from loop.facts import now
from loop.history import History
from loop.history.layout import cycle_numbers
from loop.plugins import plugin_named
from loop.protocols import Announcing, Simulator
from loop.records import Status
from loop.retry import Troubles
from loop.slots import context_of


class OpenRequests:
    """Ids of the open requests of every slot, as the index of a history has them.

    Parameters
    ----------
    history
        Folder of the history.
    """

    def __init__(self, history: Path) -> None:
        self._history = history
        self._last = -1
        self._open: Mapping[str, Collection[str]] = {}

    def of(self, slot: str) -> Collection[str]:
        """Those of one slot; read again where a cycle has been sealed since."""
        last = max(cycle_numbers(self._history), default=-1)
        if last != self._last:
            with History.open(self._history) as history:
                requests = history.overview().open_requests
            found: dict[str, set[str]] = {}
            for request in requests:
                if Status(request["status"]).is_sent:  # nobody answers what waits for approval
                    found.setdefault(str(request["adapter"]), set()).add(str(request["id"]))
            self._open, self._last = found, last
        return self._open.get(slot, ())


class Announcements:
    """What the adapter of a slot announces as ready; nothing where it announces nothing.

    Parameters
    ----------
    campaign, slot
        Whose adapter it is.
    history
        Folder of the history.
    """

    def __init__(self, campaign: Campaign, slot: Slot, history: Path) -> None:
        self._campaign, self._slot, self._history = campaign, slot, history
        # Of its own: lookouts look in threads of their own.
        self._requests = OpenRequests(history)
        self._adapter: Simulator | None = None

    def prepare(self) -> None:
        """Make the adapter, where it is not made yet.

        Raises
        ------
        DoukaError
            Where it cannot be made.
        """
        if self._adapter is None:
            plugin = plugin_named(self._slot.source, self._slot.table.adapter)
            self._adapter = plugin.make(context_of(self._campaign, self._slot.table.name, self._history))

    def ready(self) -> Iterable[str]:
        """Name it."""
        if isinstance(self._adapter, Announcing):
            return self._adapter.ready(self._requests.of(self._slot.table.name))
        return ()


def lookouts_of(campaign: Campaign, history: Path, say: Say) -> list[Lookout]:
    """One lookout for what stands beside the history, and one for each slot.

    Parameters
    ----------
    campaign
        Its adapters are made anew, each before its first look: one that cannot be made now, since its table or its
        share is away, is tried again and keeps none of the others from being looked at. Nothing is submitted to them.
    history
        Folder of the history.
    say
        See :class:`~flows.triggers.lookout.Lookout`.
    """
    beside = Lookout(campaign.name, lambda: [*said_by_people(history), *due_again(history, now())], say)
    return [beside, *(_lookout(campaign, slot, history, say) for slot in campaign.slots)]


def _lookout(campaign: Campaign, slot: Slot, history: Path, say: Say) -> Lookout:
    announcements = Announcements(campaign, slot, history)
    return Lookout(slot.table.name, announcements.ready, say, prepare=announcements.prepare)


def said_by_people(history: Path) -> list[str]:
    """Name the last thing of each kind that people did beside a history and that a cycle can act on."""
    words: list[str] = []
    if (order := Orders(history).last()) is not None and order.kind is Kind.RESUME:
        words.append(f"resumed by {order.person} at {order.time}")
    if (number := Decisions(history).last) >= 0:
        words.append(f"decision {number}")
    if note := asked(history):
        words.append(note)
    return words


def due_again(history: Path, time: str) -> list[str]:
    """Name the adapters that did not answer and are to be asked again by now; each attempt once.

    Parameters
    ----------
    history
        Folder of the history.
    time
        UTC, ISO 8601.
    """
    moment = datetime.fromisoformat(time)
    return [
        f"{trouble.slot} is asked again ({trouble.act.value}, attempt {trouble.attempts + 1} since {trouble.since})"
        for trouble in Troubles(history).all()
        if trouble.again_at <= moment
    ]
