"""What is done about runs of a history whose processes cannot say any more how they ended."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from uuid import UUID

import httpx
from prefect.exceptions import ObjectNotFound

from flows.reconciling import bury_dead_runs, runs_at_work
from loop.errors import HistoryError, HistoryLockedError
from loop.history.lock import WriterLock

SILENCE_SECONDS = 30.0
"""Somebody who has just given the history free may still be telling Prefect how the cycle ended."""


class Burial:
    """Has the dead runs of a history ended when serving begins, or once nobody writes it any more.

    A cycle may still be at work then: whoever started it was killed, or Prefect's server moved. Where it cannot tell
    its end to anybody its run would keep the only place of the deployment.

    Parameters
    ----------
    history
        Folder of the history.
    clock
        Seconds from some moment on.

    Attributes
    ----------
    missed
        When cycles were due that nobody did; UTC.
    """

    def __init__(self, history: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._history, self._clock = history, clock
        self._left: frozenset[UUID] = frozenset()
        self._free_since = math.inf
        self.missed: Sequence[datetime] = ()
        try:
            lock = WriterLock(history)
        except HistoryLockedError:
            self._left = runs_at_work(history)
            return
        try:
            self.missed = bury_dead_runs(history)
        finally:
            lock.release()

    def look(self) -> None:
        """Look after the runs that were at work when serving began; where the server is away, at the next look."""
        if not self._left:
            return
        if not self._is_free():
            self._free_since = math.inf
            return
        self._free_since = min(self._free_since, self._clock())
        with suppress(httpx.HTTPError, ObjectNotFound):
            self._left &= runs_at_work(self._history)  # who has told its end is not waited for
            if self._left and self._clock() - self._free_since >= SILENCE_SECONDS:
                self._bury()

    def _is_free(self) -> bool:
        try:
            WriterLock(self._history).release()
        except HistoryError:  # locked, or gone with its disk
            return False
        return True

    def _bury(self) -> None:
        try:
            lock = WriterLock(self._history)
        except HistoryError:
            return
        try:
            bury_dead_runs(self._history, self._left)
            self._left = frozenset()
        finally:
            lock.release()
