"""The cycle that is at work when nobody is to serve its campaign any more."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import httpx

from flows.reconciling import runs_at_work
from loop.errors import HistoryError
from loop.history.lock import WriterLock

SHOW_SECONDS = 60.0


class LastCycle:
    """Waits for the cycle at work, however long it takes, and keeps others from beginning.

    Ending a runner ends the processes of its runs. One of them may be handing a request to an instrument just then, and
    nobody could tell afterwards whether it was taken. So the writer's lock of the history is taken as soon as it is
    free: whoever is ended after that is no cycle.

    Parameters
    ----------
    history
        Folder of the history.
    clock
        Seconds from some moment on.
    """

    def __init__(self, history: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._history, self._clock = history, clock
        self._lock: WriterLock | None = None
        self._since = 0.0

    @property
    def is_sealed(self) -> bool:
        """Whether nobody writes the history any more, nor can begin to."""
        return self._lock is not None

    def is_done(self) -> bool:
        """Look once: whether none of the runs is at work, nor has anything left to show and to tell.

        What is left once nobody writes is for people only, and waited for :data:`SHOW_SECONDS`. A history that another
        process writes, such as ``douka run``, is not waited for.
        """
        self._take()
        if self._lock is not None and self._clock() - self._since > SHOW_SECONDS:
            return True
        try:
            return not runs_at_work(self._history)
        except httpx.HTTPError:
            return False  # a server that is started again, say

    def release(self) -> None:
        """Let others write."""
        if self._lock is not None:
            self._lock.release()
        self._lock = None

    def _take(self) -> None:
        if self._lock is None:
            try:
                self._lock = WriterLock(self._history)
            except HistoryError:  # locked, or gone with its disk
                return
            self._since = self._clock()
