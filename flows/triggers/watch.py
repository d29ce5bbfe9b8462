"""One look at everything, and what follows from it."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

from flows.triggers.lookout import Lookout
from flows.triggers.standing import Standing
from flows.triggers.trigger import News, Outcome, Trigger

BLOCKED_SECONDS = 300.0
"""After so long it is asked whether the run in the way is alive."""


class Starting(Protocol):
    """Who starts cycles: :class:`flows.triggers.starter.Starter`."""

    async def is_free(self) -> bool:
        """Whether a run would be done now."""

    async def start(self, news: News, attempt: int) -> UUID:
        """Create a run."""

    async def standing(self, run: UUID) -> Standing:
        """Tell how far a run is."""

    async def clear(self) -> None:
        """Say of runs that nobody works at that they are dead."""


class Watch:
    """Starts a cycle when there are news, and follows it to its end.

    Parameters
    ----------
    trigger
        Decides.
    starter
        Creates runs.
    is_held
        Whether an order stands, so that nothing may begin.
    sealed
        How many cycles are sealed.
    since
        When serving began: that is the first piece of news.
    clock
        Seconds from some moment on.

    Attributes
    ----------
    lookouts
        Others look from them meanwhile; they may be replaced.
    """

    def __init__(
        self,
        trigger: Trigger,
        starter: Starting,
        is_held: Callable[[], bool],
        sealed: Callable[[], int],
        since: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.lookouts: Sequence[Lookout] = ()
        self._trigger, self._starter, self._is_held, self._sealed = trigger, starter, is_held, sealed
        self._first: News = frozenset({f"served since {since}"})
        self._run: UUID | None = None
        self._before = 0
        self._clock, self._free = clock, clock()

    async def step(self) -> None:
        """Start a cycle that is due, or see what became of the one that was started."""
        # Before the run is looked at: what is ready now will be seen by one that has not begun afterwards.
        ready = self._first.union(*(lookout.ready for lookout in self.lookouts))
        blocked = False
        if self._run is not None:
            await self._follow(self._run, ready)
            blocked = self._run is not None
        elif (news := self._trigger.due(ready)) and not self._is_held():
            blocked = not await self._starter.is_free()
            if not blocked:
                self._before = self._sealed()
                self._run = await self._starter.start(news, self._trigger.fruitless)
                self._trigger.begins(ready)
        await self._unblock(blocked=blocked)

    async def _unblock(self, *, blocked: bool) -> None:
        """A run that was killed while the server was away would be in the way for ever."""
        if not blocked:
            self._free = self._clock()
        elif self._clock() - self._free >= BLOCKED_SECONDS:
            self._free = self._clock()
            await self._starter.clear()

    async def _follow(self, run: UUID, ready: News) -> None:
        standing = await self._starter.standing(run)
        if standing is Standing.TO_COME:
            self._trigger.begins(ready)
        elif standing is not Standing.AT_WORK:
            self._run = None
            self._trigger.ended(self._outcome(standing))

    def _outcome(self, standing: Standing) -> Outcome:
        if standing is Standing.FRUSTRATED:
            return Outcome.NONE
        return Outcome.SEALED if self._sealed() > self._before else Outcome.IDLE
