"""Where to start looking for the modes of θ."""

from __future__ import annotations

import numpy as np

from loop.assimilation.arrays import Array
from loop.assimilation.problem import Problem

CHILD = 0.1
"""Residual of a target with parents where a climb starts: from too small a one, a wrong C looks like a wall."""


def residual_guess(problem: Problem) -> Array:
    """Residual deviations (q,) of every target regressed alone; 0.1 where rows do not suffice."""
    guess = np.full(problem.q, 0.1)
    for j in range(problem.q):
        rows = problem.observed[:, j]
        n = problem.counts[rows].sum()
        if n > problem.p + 1:
            design = problem.design[rows].reshape(-1, problem.p)
            target = problem.targets[rows][:, :, j].ravel()
            fitted = design @ np.linalg.lstsq(design, target, rcond=1e-10)[0]
            guess[j] = np.sqrt(np.sum((target - fitted) ** 2) / (n - problem.p))
    return np.asarray(np.clip(guess, 10.0 * problem.floor, 0.5))


def starts(problem: Problem) -> list[Array]:
    """Two starts: relations at their prior means, and all zero (method.md, 3)."""
    parameters = problem.parameters
    first = parameters.means.copy()
    guess = residual_guess(problem)
    guess[[child for child, _ in parameters.edges]] = CHILD
    first[parameters.residuals] = np.log(guess)
    if not parameters.edges:
        return [first]
    second = first.copy()
    second[parameters.relation] = 0.0
    return [first, second]


def limits(problem: Problem) -> tuple[Array, Array]:
    """Bounds of θ wide enough never to matter where the posterior has mass, narrow enough not to overflow."""
    parameters = problem.parameters
    low, high = (
        parameters.means - 12.0 * parameters.deviations,
        parameters.means + 12.0 * parameters.deviations,
    )
    low[parameters.residuals] = np.log(problem.floor) - 3.0
    high[parameters.residuals] = 4.0
    return low, high
