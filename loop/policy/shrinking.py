"""The best candidates one after the other, where every pick can only lower what is left: exact and lazy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from loop.policy.belief import Belief
from loop.policy.rule import Pick, ranked

BLOCK = 16384
"""Candidates evaluated at once; sets up to this size are simply evaluated whole."""

Score = Callable[[np.ndarray, np.ndarray], np.ndarray]
"""From deviations (m,) and the rows (m,) they belong to, to scores (m,) that never decrease with the deviation."""


class Shrinking:
    """Deviations at many candidates under a belief that learns.

    Awaited data only lower deviations, so that an old one is an upper bound. A pick evaluates candidates in order of
    their bounds, in blocks, until the two best exact scores exceed every bound left (Minoux 1978, lazy greedy):
    the same picks as from evaluating all, at a fraction of the time.

    Parameters
    ----------
    belief
        What is believed at first.
    X
        Candidates, (n, d).
    target
        Whose deviation counts.
    deviation
        Deviations (n,) at first, where they are known already.
    """

    def __init__(self, belief: Belief, X: np.ndarray, target: str, deviation: np.ndarray | None = None) -> None:
        self._belief, self._X, self._target = belief, X, target
        self._bounds = np.array(belief.deviation(X, target) if deviation is None else deviation, dtype=float)
        self._fresh = np.ones(len(X), dtype=bool)
        self._free = np.ones(len(X), dtype=bool)
        self._last: int | None = None

    def pick(self, score: Score) -> Pick:
        """Pick the best free candidate, the earlier picks counted as done; ties go to the first row."""
        self._count_last()
        scores = np.where(self._free, score(self._bounds, np.arange(len(self._X))), -np.inf)
        size = BLOCK
        while not self._settled(scores):
            stale = np.flatnonzero(self._free & ~self._fresh)
            if len(stale) > size:
                stale = np.sort(stale[np.argpartition(-scores[stale], size)[:size]])
            self._bounds[stale] = self._belief.deviation(self._X[stale], self._target)
            self._fresh[stale] = True
            scores[stale] = score(self._bounds[stale], stale)
            size *= 2
        pick = ranked(scores, [])
        self._free[pick.index], self._last = False, pick.index
        return pick

    def _settled(self, scores: np.ndarray) -> bool:
        waiting = scores[self._free & ~self._fresh]
        if len(waiting) == 0:
            return True
        exact = scores[self._free & self._fresh]
        return len(exact) > 1 and bool(np.partition(exact, -2)[-2] > waiting.max())

    def _count_last(self) -> None:
        if self._last is not None:
            self._belief = self._belief.conditioned(self._X[[self._last]], self._target)
            self._fresh[:] = False
