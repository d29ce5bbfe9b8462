"""The maximum of the complete likelihood, or why there is none."""

from __future__ import annotations

import numpy as np

from loop.assimilation.arrays import Array, Generator
from loop.assimilation.climb import climb
from loop.assimilation.conditional import condition
from loop.assimilation.gradient import value_and_slope
from loop.assimilation.problem import Problem
from loop.assimilation.start import limits, residual_guess
from loop.errors import EstimationError

ADVICE = 'Use estimator="map" or "bayes", whose prior makes it determined, or add rows.'
RELATIONS = (1.0, 0.0, -1.0)
"""Starts for all relations at once; random ones follow."""


def maximize(problem: Problem, rng: Generator) -> Array:
    """Find θ at the maximum of the likelihood, coefficients profiled.

    Returns
    -------
    Array
        θ (size,); hyperparameters and noise-class factors that a flat prior does not use stay at their prior
        means.

    Raises
    ------
    EstimationError
        When the likelihood is unbounded or flat: fewer rows than coefficients, dependent columns, or data
        that the model interpolates.
    """
    require_rows(problem)
    bounds = _bounds(problem)

    def objective(theta: Array) -> tuple[float, Array]:
        return value_and_slope(problem, theta, flat=True)

    ends = [climb(objective, start, bounds) for start in _starts(problem, rng)]
    theta, value = max(ends, key=lambda end: end[1])
    if not np.isfinite(value) or value < -1e299:
        raise EstimationError(f"the data leave some coefficients undetermined (dependent columns). {ADVICE}")
    theta = _polished(problem, theta, value, bounds)
    _require_bounded(problem, theta)
    return theta


def require_rows(problem: Problem) -> None:
    """Refuse what has no maximum because rows do not outnumber coefficients (method.md, 3, traps).

    Raises
    ------
    EstimationError
        Naming the target, its rows and its coefficients.
    """
    counts = problem.counts @ problem.observed
    for j, (rows, active) in enumerate(zip(counts, problem.active, strict=True)):
        if rows <= len(active):
            raise EstimationError(
                f"target {j} has {int(rows)} rows for {len(active)} coefficients: its likelihood is "
                f"unbounded, so no maximum exists. {ADVICE}"
            )


def _starts(problem: Problem, rng: Generator) -> list[Array]:
    parameters = problem.parameters
    first = parameters.means.copy()
    first[parameters.residuals] = np.log(residual_guess(problem))
    if not parameters.edges:
        return [first]
    n = len(parameters.edges)
    relations = [np.full(n, c) for c in RELATIONS] + [2.0 * rng.standard_normal(n) for _ in range(3)]
    found = []
    for relation in relations:
        start = first.copy()
        start[parameters.relation] = relation
        found.append(start)
    return found


def _bounds(problem: Problem) -> tuple[Array, Array]:
    low, high = limits(problem)
    parameters = problem.parameters
    low[parameters.relation], high[parameters.relation] = -1e6, 1e6
    for hyper in parameters.hyper:
        low[hyper] = high[hyper] = parameters.means[hyper]
    return low, high


def _polished(problem: Problem, theta: Array, value: float, bounds: tuple[Array, Array]) -> Array:
    """Climb again with each small residual set to its floor, where the boundary may be the maximum."""
    best, highest = theta, value
    for j in range(problem.parameters.residuals.start, problem.parameters.residuals.stop):
        low, high = bounds[0].copy(), bounds[1].copy()
        high[j] = low[j]
        moved, reached = climb(lambda x: value_and_slope(problem, x, flat=True), best, (low, high))
        if reached > highest + 1e-9:
            best, highest = moved, reached
    refined, reached = climb(lambda x: value_and_slope(problem, x, flat=True), best, bounds)
    return refined if reached >= highest else best


def _require_bounded(problem: Problem, theta: Array) -> None:
    """Refuse a maximum that only rounding holds up: a residual at the floor whose decrease still gains."""
    noise = condition(problem, theta[None], flat=True).noise
    total = np.sqrt((noise.lift[0] ** 2) @ noise.variance[0])
    for j in np.flatnonzero(total < 100.0 * problem.floor):
        raise EstimationError(
            f"target {j} is reproduced to rounding error ({total[j]:.1e} of its scale): its likelihood is "
            f"unbounded. {ADVICE}"
        )
    for j in np.flatnonzero(np.sqrt(noise.variance[0]) < 100.0 * problem.floor):
        if _gain(problem, theta, int(j)) > 0.1:
            raise EstimationError(f"the residual of target {j} runs to zero and its likelihood is unbounded. {ADVICE}")


def _gain(problem: Problem, theta: Array, j: int) -> float:
    """Gain of log likelihood when the residual of ``j`` decreases from 300 to 3 times its floor."""
    column = problem.parameters.residuals.start + j
    pair = np.array([theta, theta])
    pair[:, column] = np.log(problem.floor[j]) + np.log([3.0, 300.0])
    near, far = condition(problem, pair, flat=True).log_likelihood
    return float(near - far)
