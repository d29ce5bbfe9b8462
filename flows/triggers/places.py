"""The places where news of a campaign turn up: its adapters, and what lies beside its history."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from flows.callbacks import Say
from flows.triggers.asking import asked
from flows.triggers.lookout import Lookout
from loop.approval.decisions import Decisions
from loop.campaign import Campaign
from loop.control import Kind, Orders
from loop.facts import now
from loop.history import History
from loop.history.layout import cycle_numbers
from loop.protocols import Announcing
from loop.records import Status
from loop.retry import Troubles
from loop.slots import adapters_of, plugins_of


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


def lookouts_of(campaign: Campaign, history: Path, say: Say) -> list[Lookout]:
    """One lookout for each slot whose adapter announces what is ready, and one for what stands beside the history.

    Parameters
    ----------
    campaign
        Its adapters are made anew; nothing is submitted to them.
    history
        Folder of the history.
    say
        See :class:`~flows.triggers.lookout.Lookout`.

    Raises
    ------
    DoukaError
        Where an adapter cannot be made.
    """
    adapters = adapters_of(campaign, plugins_of(campaign), history)
    announcing = {name: adapter for name, adapter in adapters.items() if isinstance(adapter, Announcing)}
    slots = [Lookout(name, _ready(name, adapter, history), say) for name, adapter in announcing.items()]
    beside = Lookout(campaign.name, lambda: [*said_by_people(history), *due_again(history, now())], say)
    return [beside, *slots]


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


def _ready(name: str, adapter: Announcing, history: Path) -> Callable[[], Iterable[str]]:
    # Of its own: lookouts look in threads of their own.
    requests = OpenRequests(history)
    return lambda: adapter.ready(requests.of(name))
