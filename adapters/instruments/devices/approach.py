"""A quantity on its way to a set point, as a magnet or a furnace moves."""

from __future__ import annotations

import time
from collections.abc import Callable


class Approach:
    """Moves at a constant rate.

    Parameters
    ----------
    start
        Where it is, in any unit.
    rate
        Units a second; infinite jumps.
    clock
        Gives seconds.
    """

    def __init__(self, start: float, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._rate = clock, rate
        self._from, self._to, self._since = start, start, clock()

    @property
    def value(self) -> float:
        """Where it is now."""
        gone = self._rate * (self._clock() - self._since)
        distance = self._to - self._from
        return self._to if gone >= abs(distance) else self._from + gone * (1 if distance > 0 else -1)

    @property
    def target(self) -> float:
        """Where it goes."""
        return self._to

    @property
    def seconds_left(self) -> float:
        """Until it is there."""
        return abs(self._to - self.value) / self._rate

    def go(self, target: float) -> None:
        """Go somewhere, from where it is."""
        self._from, self._to, self._since = self.value, target, self._clock()

    def halt(self) -> None:
        """Stay where it is."""
        self.go(self.value)
