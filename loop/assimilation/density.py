"""The posterior density of θ, which can remember the coefficients it solves on the way."""

from __future__ import annotations

import numpy as np

from loop.assimilation.arrays import Array, Ints
from loop.assimilation.conditional import Conditional, condition, joined
from loop.assimilation.gradient import batch_size
from loop.assimilation.problem import Problem
from loop.assimilation.start import limits

MEMORY = 4e6
"""Numbers in precision factors that are remembered: 32 MB."""


class LogDensity:
    """Log posterior density of θ, its integral the evidence, in bounded memory.

    Parameters
    ----------
    problem
        Prepared statistics.
    remember
        Keep what was solved, for :meth:`solved`.
    """

    def __init__(self, problem: Problem, remember: bool = False) -> None:
        self._problem, self._limits, self._remember = problem, limits(problem), remember
        self._states: list[Conditional] = []
        self._rows: list[Ints] = []
        self._count = 0

    def __call__(self, theta: Array) -> Array:
        """Evaluate at θ (t, size): (t,), −inf outside the limits."""
        values = np.full(len(theta), -np.inf)
        inside = np.flatnonzero(np.all((theta >= self._limits[0]) & (theta <= self._limits[1]), axis=1))
        step = batch_size(self._problem)
        for start in range(0, len(inside), step):
            chosen = inside[start : start + step]
            state = condition(self._problem, theta[chosen])
            values[chosen] = state.log_likelihood
            self._keep(state, chosen + self._count)
        values[inside] += self._problem.parameters.log_prior(theta[inside])
        self._count += len(theta)
        return values

    def solved(self, rows: Ints) -> Conditional | None:
        """Return what was solved at these rows, counted over all calls; None when it was not remembered."""
        if not self._remember:
            return None
        return joined(self._states, [np.flatnonzero(np.isin(own, rows)) for own in self._rows])

    def _keep(self, state: Conditional, rows: Ints) -> None:
        """Remember one batch, or forget everything once memory would run over."""
        if not self._remember:
            return
        if (int(np.max(rows)) + 1) * self._problem.coefficients**2 > MEMORY:
            self._remember, self._states, self._rows = False, [], []
            return
        self._states.append(state)
        self._rows.append(rows)
