"""When news start a cycle: no Prefect, no files, a clock from outside."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum, auto

News = frozenset[str]

SETTLE_SECONDS = 1.0
"""So long nothing more must have turned up, so that what comes together is taken in together."""
PATIENCE_SECONDS = 10.0
"""After so long a cycle starts all the same."""
GAP_SECONDS = 2.0
"""Least time from the end of one cycle that news started to the next one."""
LONGEST_SECONDS = 300.0
"""Longest pause after cycles that brought nothing, one after the other."""


class Outcome(Enum):
    """What became of a cycle that news started."""

    SEALED = auto()
    IDLE = auto()
    NONE = auto()


class Trigger:
    """Decides when a cycle is due.

    A cycle takes in what was ready when it began; what turns up later is news for the next one. One that did not come
    about (it was cancelled, it failed) leaves its news as they are. After cycles that brought nothing the pause
    doubles, so that nothing that changes all the time keeps a campaign busy.

    Parameters
    ----------
    clock
        Seconds from some moment on.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._taken: News = frozenset()
        self._asked: News = frozenset()
        self._news: News = frozenset()
        self._since = self._changed = clock()
        self._not_before = clock()
        self.fruitless = 0
        """Cycles in a row that brought nothing or did not come about."""

    def due(self, ready: News) -> News:
        """Tell for which news a cycle is due now; empty if for none.

        Parameters
        ----------
        ready
            All that lies ready.
        """
        now, news = self._clock(), ready - self._taken
        if news != self._news:
            self._since = self._since if self._news else now
            self._news, self._changed = news, now
        settled = now - self._changed >= SETTLE_SECONDS or now - self._since >= PATIENCE_SECONDS
        return news if settled and now >= self._not_before else frozenset()

    def begins(self, ready: News) -> None:
        """Note what lies ready as long as the cycle has not begun: it will see all of that."""
        self._asked = ready

    def ended(self, outcome: Outcome) -> None:
        """Note what became of the cycle."""
        if outcome is not Outcome.NONE:
            self._taken = self._asked
        self._news = frozenset()
        self.fruitless = 0 if outcome is Outcome.SEALED else self.fruitless + 1
        pause = GAP_SECONDS * 2.0 ** min(self.fruitless, 10)
        self._not_before = self._clock() + (GAP_SECONDS if outcome is Outcome.SEALED else min(pause, LONGEST_SECONDS))
