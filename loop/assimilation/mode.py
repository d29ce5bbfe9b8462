"""Modes of the posterior of θ and the curvature there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from loop.assimilation.arrays import Array
from loop.errors import EstimationError

Objective = Callable[[Array], tuple[float, Array]]
STEP = 1e-3
"""Step for differencing gradients; coordinates of θ are of order one."""
LEAST_CURVATURE = 0.1
"""Floor on the eigenvalues of the negative Hessian: no proposal wider than about three prior widths."""


@dataclass(frozen=True)
class Mode:
    """A local maximum of a log density.

    Parameters
    ----------
    theta
        Where (size,).
    value
        Log density there.
    covariance
        Inverse of the floored negative Hessian (size, size).
    """

    theta: Array
    value: float
    covariance: Array

    @property
    def log_mass(self) -> float:
        """Laplace approximation of the log integral around it."""
        size = len(self.theta)
        return float(
            self.value + 0.5 * size * np.log(2 * np.pi) + 0.5 * np.linalg.slogdet(self.covariance)[1]
        )


def climb(
    objective: Objective, start: Array, bounds: tuple[Array, Array], tolerance: float = 1e-6
) -> tuple[Array, float]:
    """Maximize by L-BFGS-B from one start.

    Parameters
    ----------
    objective
        Value and gradient.
    start
        (size,).
    bounds
        Lowest and highest values (size,).
    tolerance
        On the projected gradient.

    Returns
    -------
    tuple
        Where and the value.
    """

    def negative(theta: Array) -> tuple[float, Array]:
        value, slope = objective(theta)
        return (-value, -slope) if np.isfinite(value) else (1e300, np.zeros_like(theta))

    options = {"gtol": tolerance, "ftol": 1e-13, "maxiter": 500, "maxcor": 20}
    limits = np.column_stack(bounds)
    found = minimize(
        negative, np.clip(start, *bounds), jac=True, method="L-BFGS-B", bounds=limits, options=options
    )
    return np.asarray(found.x), -float(found.fun)


def curvature(objective: Objective, theta: Array) -> Array:
    """Negative Hessian (size, size) by central differences of the gradient."""
    size = len(theta)
    rows = [objective(theta - STEP * e)[1] - objective(theta + STEP * e)[1] for e in np.eye(size)]
    matrix = np.array(rows) / (2.0 * STEP)
    return np.asarray(0.5 * (matrix + matrix.T))


def floored_covariance(hessian: Array) -> Array:
    """Covariance from a negative Hessian whose eigenvalues are floored."""
    values, vectors = np.linalg.eigh(hessian)
    return np.asarray((vectors / np.maximum(values, LEAST_CURVATURE)) @ vectors.T)


def modes(objective: Objective, starts: Sequence[Array], bounds: tuple[Array, Array]) -> list[Mode]:
    """Climb from every start and keep the distinct modes, best first.

    Raises
    ------
    EstimationError
        When no start leads to a finite density.
    """
    ends = sorted((climb(objective, start, bounds) for start in starts), key=lambda end: -end[1])
    ends = [end for end in ends if end[1] > -1e299]
    if not ends:
        raise EstimationError(
            "no finite posterior density found: are the data finite and the basis independent?"
        )
    kept: list[Mode] = []
    for theta, value in ends:
        if value > ends[0][1] - 20.0 and all(_distinct(theta, mode) for mode in kept):
            kept.append(Mode(theta, value, floored_covariance(curvature(objective, theta))))
    return kept


def _distinct(theta: Array, mode: Mode) -> bool:
    step = theta - mode.theta
    return bool(step @ np.linalg.solve(mode.covariance, step) > 0.25)
