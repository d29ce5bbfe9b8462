"""The history behind the page: what was seen of it is kept, so that looking again is cheap."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path

from threadpoolctl import threadpool_limits

from flows.page.sections import CALIBRATION, PREDICTIONS
from flows.page.sections.calibration import calibration_part
from flows.page.sections.predictions import View, predictions_part
from flows.page.seen import Seen
from flows.people.answered import answered
from loop.approval import Decisions
from loop.chronicle import Chronicle
from loop.control import Orders
from loop.figures.data import Moment
from loop.retry import Troubles
from loop.verdicts import Verdicts

_KEPT = 24
"""Cycles whose state, and model where it was asked for, stay in memory."""


class Viewer:
    """One campaign's history, looked at.

    Parameters
    ----------
    called
        What a person calls the campaign.
    path
        Folder of its history.
    folder
        Of the campaign, as it lies now.
    """

    def __init__(self, called: str, path: Path, folder: Path) -> None:
        self.called, self.path, self.folder = called, path, folder
        self.chronicle = Chronicle(path)
        self._orders, self._troubles = Orders(path), Troubles(path)
        self._moments: OrderedDict[int, Moment] = OrderedDict()
        self._lock, self._fitting = threading.Lock(), threading.Lock()

    def refresh(self) -> int:
        """Read what was sealed since; how many cycles there are."""
        before = self.chronicle.count
        self.chronicle.refresh()
        if self.chronicle.count < before:
            with self._lock:
                self._moments.clear()
        return self.chronicle.count

    def stamp(self) -> str:
        """A word that changes whenever the page would."""
        order = self._orders.standing()
        number = order.number if order else ""
        parts = (self.refresh(), number, sorted(self._pending()), self._troubles.all(), self.chronicle.harm)
        return "-".join(map(str, parts))

    def see(self, cycle: int | None) -> Seen | None:
        """Look at a cycle.

        Parameters
        ----------
        cycle
            Its number; the newest if None, and where there is none of that number.

        Returns
        -------
        Seen or None
            None while there is no cycle.

        Raises
        ------
        DoukaError
            Where the cycle, or the campaign as it was then, can no longer be read.
        """
        count = self.refresh()
        if count == 0:
            return None
        number = count - 1 if cycle is None or not 0 <= cycle < count else cycle
        return Seen(
            called=self.called,
            moment=self._moment(number),
            count=count,
            sealed_count=self.chronicle.total,
            order=self._orders.standing(),
            pending=self._pending(),
            troubles=self._troubles.all(),
            harm=self.chronicle.harm,
        )

    def _pending(self) -> dict[str, str]:
        """What was decided or entered and no cycle has taken in, in words, by id."""
        filed = Decisions(self.path).since(self.chronicle.decided)
        found = {each.decision.request_id: str(each) for each in reversed(filed)}
        found |= {given.item: f"{given.verdict} by {given.person}" for _, given in Verdicts(self.path).pending()}
        return found | answered(self.path, self.chronicle.under_way)

    def fitted(self, seen: Seen, asked: Mapping[str, str]) -> dict[str, str]:
        """What needs the model of a cycle, HTML by section; one fit at a time.

        Parameters
        ----------
        seen
            What is seen.
        asked
            What a person chose to look at; see :meth:`View.of`.
        """
        with self._fitting, threadpool_limits(limits=1):
            view = View.of(seen.moment, asked)
            return {PREDICTIONS: predictions_part(seen, view), CALIBRATION: calibration_part(seen)}

    def _moment(self, number: int) -> Moment:
        with self._lock:
            if number not in self._moments:
                chronicle = self.chronicle
                self._moments[number] = Moment(
                    campaign=chronicle.campaign(number),
                    records=chronicle.records(number),
                    state=chronicle.state(number),
                )
            self._moments.move_to_end(number)
            while len(self._moments) > _KEPT:
                self._moments.popitem(last=False)
            return self._moments[number]
