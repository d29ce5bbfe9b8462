"""A history that may still grow, as of any of its cycles. It only reads: who writes the history is never locked out."""

from __future__ import annotations

import threading
from pathlib import Path

from loop.campaign import Campaign
from loop.errors import HistoryError
from loop.history import History
from loop.history.layout import cycle_numbers, header_revisions
from loop.records import CycleRecord, Request
from loop.revising import campaign_at
from loop.state import CANDIDATES, State

CHECKPOINT_EVERY = 50
"""Cycles between two states that are kept, so that any other is at most so many records away."""


class Chronicle:
    """The cycles of a history, each read once and without its large arrays.

    The state as of a cycle is folded from the last checkpoint before it: what that costs does not depend on how long
    the history is. Several threads may ask at once.

    Parameters
    ----------
    path
        Folder of the history; there need not be one yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.harm = ""
        """Why the cycles after the last one cannot be read: the file, and what to do. Empty while they can."""
        self._lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self.total = 0
        """How many cycles were sealed when that was last looked at."""
        self._history: History | None = None
        self._seen: tuple[int, ...] = ()
        self._records: list[CycleRecord] = []
        self._checkpoints: list[State] = []
        self._newest = State()
        self._campaigns: dict[int, Campaign] = {}

    @property
    def count(self) -> int:
        """How many cycles were read."""
        return len(self._records)

    @property
    def decided(self) -> int:
        """Number of the first decision that no cycle has taken in."""
        return self._newest.decided

    @property
    def under_way(self) -> list[Request]:
        """The requests that are handed out and not answered, after the newest cycle."""
        return self._newest.under_way

    @property
    def exists(self) -> bool:
        """Whether there is a history by now."""
        return self._history is not None

    def refresh(self) -> None:
        """Read what was sealed since; quick where that is nothing, or another thread is at it."""
        if not self._lock.acquire(blocking=False):
            return
        try:
            self._read_on()
        except HistoryError as error:
            self.harm = str(error)
        finally:
            self._lock.release()

    def _read_on(self) -> None:
        numbers, revisions = cycle_numbers(self.path), header_revisions(self.path)
        total = numbers[-1] + 1 if numbers else 0
        if total < self.count or not revisions:
            self._forget()
        seen = (len(numbers), len(revisions))
        if not revisions or (seen == self._seen and not self.harm):
            return
        self._history, self.total = History.open(self.path), total
        for number in range(self.count, total):
            self._add(self._history.read(number, arrays=CANDIDATES))
        self._seen, self.harm = seen, ""

    def _add(self, record: CycleRecord) -> None:
        newest = self._newest.after(record)
        if record.number % CHECKPOINT_EVERY == 0:
            self._checkpoints.append(self._newest)
        self._records.append(record)
        self._newest = newest

    def records(self, until: int) -> tuple[CycleRecord, ...]:
        """The records of cycles 0 to ``until``, of their arrays the candidates alone."""
        return tuple(self._records[: until + 1])

    def state(self, number: int) -> State:
        """What was known after a cycle, with its statistics.

        Parameters
        ----------
        number
            Of a cycle that was read.

        Raises
        ------
        HistoryError
            Where the cycle's file can no longer be read.
        """
        return self.before(number).after(self._opened().read(number))

    def before(self, number: int) -> State:
        """What was known before a cycle, without statistics."""
        first = number // CHECKPOINT_EVERY
        state = self._checkpoints[first]
        for record in self._records[first * CHECKPOINT_EVERY : number]:
            state = state.after(record)
        return state

    def campaign(self, number: int) -> Campaign:
        """The campaign as it was when a cycle was done.

        Raises
        ------
        CampaignError
            Where its text cannot be read by this douka.
        """
        history = self._opened()
        revision = history.header_at(number).revision
        if revision not in self._campaigns:
            self._campaigns[revision] = campaign_at(history, number)
        return self._campaigns[revision]

    def _opened(self) -> History:
        if self._history is None:
            raise HistoryError(f"{self.path}: there is no history yet")
        return self._history
