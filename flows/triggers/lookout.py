"""Looking at one place where news may turn up, as often as that is cheap."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from flows.callbacks import Say

LOOK_SECONDS = 1.0
LONGEST_SECONDS = 60.0
SHARE = 20.0
"""A look that takes t seconds is not repeated for SHARE · t: looking costs at most a twentieth of the time."""


class Lookout:
    """What lies ready in one place, as of the last look.

    Parameters
    ----------
    name
        Of the place, for people.
    look
        Names what is there; whatever it raises, looking goes on, less often.
    say
        Told when looking fails, and when it works again.
    clock
        Seconds from some moment on.
    prepare
        Called before each look; how long that takes does not count.
    """

    def __init__(
        self,
        name: str,
        look: Callable[[], Iterable[str]],
        say: Say,
        clock: Callable[[], float] = time.monotonic,
        prepare: Callable[[], None] = lambda: None,
    ) -> None:
        self._name, self._look, self._say, self._clock, self._prepare = name, look, say, clock, prepare
        self._failures = 0
        self.ready: frozenset[str] = frozenset()
        self.pause = LOOK_SECONDS
        """Seconds to the next look."""

    def look(self) -> None:
        """Look once; what was there stays where that fails."""
        try:
            self._prepare()
            begun = self._clock()
            self.ready = frozenset(f"{self._name}: {item}" for item in self._look())
        except Exception as error:
            self._fail(error)
            return
        if self._failures:
            self._say(f"{self._name} is looked at again")
        self._failures = 0
        self.pause = max(LOOK_SECONDS, SHARE * (self._clock() - begun))

    def _fail(self, error: Exception) -> None:
        if self._failures == 0:
            self._say(f"{self._name} cannot be looked at for news ({error}); scheduled cycles go on")
        self._failures += 1
        self.pause = min(LOOK_SECONDS * 2.0 ** min(self._failures, 10), LONGEST_SECONDS)
