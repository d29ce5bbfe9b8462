"""Modes of a smooth log density by damped Newton steps from several starts at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from loop.assimilation.arrays import Array
from loop.errors import EstimationError

Slopes = Callable[[Array], tuple[Array, Array]]
Values = Callable[[Array], Array]
STEP = 1e-3
"""Step for differencing gradients; coordinates of θ are of order one."""
LEAST_CURVATURE = 0.1
"""Floor on the eigenvalues of the negative Hessian: no proposal wider than about three prior widths."""
LONGEST = 2.0
"""Longest step in any coordinate."""
FRACTIONS = np.array([1.0, 0.4, 0.1, 0.02])
"""Fractions of a step that are tried at once."""
SETTLED = 1e-9
"""Gain of log density below which a climb has arrived."""
NEGLIGIBLE = 20.0
"""Modes lower than the best by more than this many units of log density are left out."""
MOST = 60
"""Most steps."""


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
        return float(self.value + 0.5 * size * np.log(2 * np.pi) + 0.5 * np.linalg.slogdet(self.covariance)[1])


def modes(slopes: Slopes, values: Values, starts: Sequence[Array], bounds: tuple[Array, Array]) -> list[Mode]:
    """Climb from every start and keep the distinct modes, best first.

    Parameters
    ----------
    slopes
        (t, size) → values (t,) and gradients (t, size).
    values
        (t, size) → values (t,).
    starts
        Points (size,).
    bounds
        Lowest and highest values (size,).

    Raises
    ------
    EstimationError
        When no start leads to a finite density.
    """
    theta = np.clip(np.array(starts), *bounds)
    value, slope, precision = _expansion(slopes, theta)
    moving = np.isfinite(value)
    if not moving.any():
        raise EstimationError("no finite posterior density found: are the data finite and the basis independent?")
    for _ in range(MOST):
        step = _steps(slope, precision)
        moving &= 0.5 * np.einsum("si,si->s", slope, step) > SETTLED
        if not moving.any():
            break
        moving[moving] = _advance(values, theta, value, step, moving, bounds)
        value[moving], slope[moving], precision[moving] = _expansion(slopes, theta[moving])
    return _distinct(theta, value, precision)


def _expansion(slopes: Slopes, theta: Array) -> tuple[Array, Array, Array]:
    """Values, gradients and negative Hessians (s, size, size) by forward differences of the gradient."""
    count, size = theta.shape
    stencil = np.vstack([np.zeros(size), STEP * np.eye(size)])
    value, slope = slopes((theta[:, None] + stencil).reshape(-1, size))
    slope = slope.reshape(count, size + 1, size)
    matrix = (slope[:, :1] - slope[:, 1:]) / STEP
    return value.reshape(count, -1)[:, 0].copy(), slope[:, 0].copy(), 0.5 * (matrix + matrix.swapaxes(1, 2))


def _steps(slope: Array, precision: Array) -> Array:
    """Newton steps with absolute, floored eigenvalues: always uphill; shortened where too long."""
    values, vectors = np.linalg.eigh(precision)
    inner = np.einsum("sij,si->sj", vectors, slope) / np.maximum(np.abs(values), LEAST_CURVATURE)
    step = np.einsum("sij,sj->si", vectors, inner)
    longest = np.abs(step).max(axis=1, keepdims=True)
    return np.asarray(step * np.minimum(1.0, LONGEST / np.maximum(longest, 1e-300)))


def _advance(
    values: Values, theta: Array, value: Array, step: Array, moving: Array, bounds: tuple[Array, Array]
) -> Array:
    """Move to the best of the fractions, in place; return which of the moving ones gained."""
    trials = np.clip(theta[moving, None] + FRACTIONS[:, None] * step[moving, None], *bounds)
    reached = values(trials.reshape(-1, theta.shape[1])).reshape(len(trials), -1)
    best = reached.argmax(axis=1)
    rows = np.arange(len(trials))
    gained = np.asarray(reached[rows, best] > value[moving])
    theta[moving] = np.where(gained[:, None], trials[rows, best], theta[moving])
    return gained


def _distinct(theta: Array, value: Array, precision: Array) -> list[Mode]:
    kept: list[Mode] = []
    for i in np.argsort(-value, kind="stable"):
        if not value[i] > np.max(value) - NEGLIGIBLE or any(_near(theta[i], mode) for mode in kept):
            continue
        eigen, vectors = np.linalg.eigh(precision[i])
        covariance = (vectors / np.maximum(eigen, LEAST_CURVATURE)) @ vectors.T
        kept.append(Mode(theta[i], float(value[i]), covariance))
    return kept


def _near(theta: Array, mode: Mode) -> bool:
    step = theta - mode.theta
    return bool(step @ np.linalg.solve(mode.covariance, step) < 0.25)
