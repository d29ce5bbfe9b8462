"""Where to start looking for the modes of θ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.assimilation.arrays import Array
from loop.assimilation.problem import Problem

CHILD = 0.1
"""Residual of a target with parents where a climb starts: from too small a one, a wrong C looks like a wall."""


def residual_guess(problem: Problem) -> Array:
    """Residual deviations (q,) of every target regressed alone; 0.1 where rows do not suffice."""
    guess = np.full(problem.q, 0.1)
    for j in range(problem.q):
        rows = problem.alone[:, j]
        n = problem.counts[rows].sum()
        if n > problem.p + 1:
            design = problem.design[rows].reshape(-1, problem.p)
            target = problem.targets[rows][:, :, j].ravel()
            fitted = design @ np.linalg.lstsq(design, target, rcond=1e-10)[0]
            guess[j] = np.sqrt(np.sum((target - fitted) ** 2) / (n - problem.p))
    return np.asarray(np.clip(guess, 10.0 * problem.floor, 0.5))


@dataclass(frozen=True)
class JointRegression:
    """Least squares of a target on its own functions and its parents, on the rows that observe them all.

    Parameters
    ----------
    rows, coefficients
        How many.
    relation
        Coefficients of the parents, in the order of the edges.
    residual
        Root mean square residual.
    """

    rows: int
    coefficients: int
    relation: Array
    residual: float


def joint_regression(problem: Problem, j: int) -> JointRegression:
    """Regress target ``j`` where its parents were observed too."""
    parents = [k for child, k in problem.parameters.edges if child == j]
    joint = problem.alone[:, [j, *parents]].all(axis=1)
    regressors = np.concatenate(
        [problem.design[joint][:, :, problem.active[j]], problem.targets[joint][:, :, parents]], axis=2
    )
    regressors = regressors.reshape(regressors.shape[0] * regressors.shape[1], regressors.shape[2])
    target = problem.targets[joint][:, :, j].reshape(-1)
    rows = int(problem.counts[joint].sum())
    if not rows:
        return JointRegression(0, regressors.shape[1], np.zeros(len(parents)), 0.0)
    solution = np.linalg.lstsq(regressors, target, rcond=1e-12)[0]
    residual = float(np.sqrt(np.sum((target - regressors @ solution) ** 2) / rows))
    return JointRegression(rows, regressors.shape[1], solution[len(problem.active[j]) :], residual)


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
