"""The maximum of the complete likelihood, or why there is none."""

from __future__ import annotations

import numpy as np

from loop.assimilation.arrays import Array, Generator
from loop.assimilation.conditional import condition
from loop.assimilation.gradient import values_and_slopes
from loop.assimilation.newton import Mode, modes
from loop.assimilation.problem import Problem
from loop.assimilation.start import CHILD, joint_regression, limits, residual_guess
from loop.errors import EstimationError

ADVICE = 'Use estimator="map" or "bayes", whose prior makes it determined, or add rows.'
RELATIONS = (1.0, 0.0, -1.0)
"""Starts for all relations at once; random ones follow."""
RANDOM = 3
"""How many random starts."""
SETTLED = 1e-9
"""Gain of log likelihood below which a climb has arrived."""


def maximize(problem: Problem, rng: Generator) -> Array:
    """Find θ at the maximum of the likelihood, coefficients profiled.

    Returns
    -------
    Array
        θ (size,); hyperparameters, which a flat prior does not use, stay at their prior means.

    Raises
    ------
    EstimationError
        When the likelihood is unbounded or flat: fewer rows than coefficients, dependent columns, or data that
        the model interpolates.
    """
    require_rows(problem)
    best = _climb(problem, _starts(problem, rng), np.ones(problem.parameters.size))
    best = _along_boundary(problem, best)
    _require_bounded(problem, best.theta)
    return best.theta


def require_rows(problem: Problem) -> None:
    """Refuse what the model can interpolate, so that no maximum exists (method.md, 3, traps).

    Raises
    ------
    EstimationError
        Naming the target, its rows and its coefficients.
    """
    counts = problem.counts @ problem.observed
    for j, (rows, active) in enumerate(zip(counts, problem.active, strict=True)):
        if rows <= len(active):
            raise EstimationError(
                f"target {j} has {int(rows)} rows for {len(active)} coefficients: its likelihood is unbounded, "
                f"so no maximum exists. {ADVICE}"
            )
        joint = joint_regression(problem, j)
        if joint.rows and joint.residual < 100.0 * problem.floor[j]:
            raise EstimationError(
                f"the {joint.rows} rows that observe target {j} with all its parents are reproduced to rounding "
                f"error by its {joint.coefficients} coefficients: its likelihood is unbounded. {ADVICE}"
            )


def _climb(problem: Problem, starts: list[Array], free: Array) -> Mode:
    def slopes(theta: Array) -> tuple[Array, Array]:
        values, gradient = values_and_slopes(problem, theta, flat=True)
        return values, gradient * free

    def values(theta: Array) -> Array:
        return condition(problem, theta, flat=True).log_likelihood

    try:
        return modes(slopes, values, starts, _bounds(problem), SETTLED)[0]
    except EstimationError as error:
        message = f"the data leave some coefficients undetermined (dependent columns). {ADVICE}"
        raise EstimationError(message) from error


def _starts(problem: Problem, rng: Generator) -> list[Array]:
    parameters = problem.parameters
    first = parameters.means.copy()
    guess = residual_guess(problem)
    n = len(parameters.edges)
    relations = [_joint_relations(problem)] + [np.full(n, c) for c in RELATIONS]
    relations += [2.0 * rng.standard_normal(n) for _ in range(RANDOM)]
    guess[[child for child, _ in parameters.edges]] = CHILD
    first[parameters.residuals] = np.log(guess)
    found = []
    for relation in relations if n else [np.empty(0)]:
        start = first.copy()
        start[parameters.relation] = relation
        found.append(start)
    return found


def _joint_relations(problem: Problem) -> Array:
    """Relations by regression on the rows that observe a target with all its parents; prior means elsewhere."""
    relation = problem.parameters.means[problem.parameters.relation].copy()
    children = np.array([child for child, _ in problem.parameters.edges], dtype=np.intp)
    for j in np.unique(children):
        joint = joint_regression(problem, int(j))
        if joint.rows > joint.coefficients:
            relation[children == j] = joint.relation
    return relation


def _bounds(problem: Problem) -> tuple[Array, Array]:
    low, high = limits(problem)
    low[problem.parameters.relation], high[problem.parameters.relation] = -1e6, 1e6
    return low, high


def _along_boundary(problem: Problem, best: Mode) -> Mode:
    """Climb again with each residual held at its floor, where the boundary may be the maximum."""
    low = _bounds(problem)[0]
    for child in sorted({child for child, _ in problem.parameters.edges}):
        column = problem.parameters.residuals.start + child
        start, free = best.theta.copy(), np.ones(len(low))
        start[column], free[column] = low[column], 0.0
        if not np.isfinite(condition(problem, start[None], flat=True).log_likelihood[0]):
            continue
        found = _climb(problem, [start], free)
        best = found if found.value > best.value + 1e-9 else best
    return best


def _require_bounded(problem: Problem, theta: Array) -> None:
    """Refuse a maximum that only rounding holds up: a residual at the floor whose decrease still gains."""
    noise = condition(problem, theta[None], flat=True).noise
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
