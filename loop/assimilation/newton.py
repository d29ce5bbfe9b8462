"""Modes of a smooth log density by damped Newton steps from several starts at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from loop.assimilation.arrays import Array, Ints
from loop.errors import EstimationError

Slopes = Callable[[Array], tuple[Array, Array]]
Values = Callable[[Array], Array]
LARGEST, SMALLEST = 1e-3, 1e-9
"""Steps for differencing gradients: a thirtieth of a standard deviation within these bounds."""
LEAST_CURVATURE = 0.1
"""Floor on the eigenvalues of the negative Hessian: no proposal wider than about three prior widths."""
LONGEST = 2.0
"""Longest step in any coordinate."""
FRACTIONS = np.array([0.5, 0.2, 0.05, 0.01])
"""Fractions of a step that are tried at once when the whole step loses."""
NEGLIGIBLE = 20.0
"""Modes lower than the best by more than this many units of log density are left out."""
TRUSTED = 0.2
"""Relative error of a promised gain up to which a Hessian is kept for another step."""
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


class _Climbers:
    """Points on their way up, with value, gradient and negative Hessian at each."""

    def __init__(self, theta: Array, value: Array, slope: Array, precision: Array) -> None:
        self.theta, self.value, self.slope, self.precision = theta, value, slope, precision
        self._moving = np.isfinite(value)
        self._trusted = False

    def advance(self, slopes: Slopes, values: Values, bounds: tuple[Array, Array], settled: float) -> bool:
        """Take one step with all that would gain more than ``settled``; False when none is left.

        Where the last steps gained what the Hessian promised, it is kept (Shamanskii 1967), a fifth of the work.
        """
        step = _steps(self.slope, self.precision)
        promised = 0.5 * np.einsum("si,si->s", self.slope, step)
        self._moving &= promised > settled
        rows = np.flatnonzero(self._moving)
        if not len(rows):
            return False
        trial = np.clip(self.theta[rows] + step[rows], *bounds)
        if self._trusted:
            expansion = (*slopes(trial), self.precision[rows])
        else:
            expansion = _expansion(slopes, trial, _differences(self.precision[rows]))
        gain = expansion[0] - self.value[rows]
        self._trusted = bool(np.all(np.abs(gain / promised[rows] - 1.0) < TRUSTED))
        worse = ~(gain > 0)
        self._accept(rows[~worse], trial[~worse], *(part[~worse] for part in expansion))
        if worse.any():
            self._shorten(rows[worse], step[rows[worse]], slopes, values, bounds)
        return True

    def _shorten(self, rows: Ints, step: Array, slopes: Slopes, values: Values, bounds: tuple[Array, Array]) -> None:
        """Try fractions of a step that did not gain; stop where none gains."""
        trials = np.clip(self.theta[rows, None] + FRACTIONS[:, None] * step[:, None], *bounds)
        reached = values(trials.reshape(-1, trials.shape[2])).reshape(len(rows), -1)
        best = reached.argmax(axis=1)
        gained = reached.max(axis=1) > self.value[rows]
        self._moving[rows[~gained]] = False
        if gained.any():
            chosen = trials[np.arange(len(rows)), best][gained]
            steps = _differences(self.precision[rows[gained]])
            self._accept(rows[gained], chosen, *_expansion(slopes, chosen, steps))

    def _accept(self, rows: Ints, theta: Array, value: Array, slope: Array, precision: Array) -> None:
        self.theta[rows], self.value[rows] = theta, value
        self.slope[rows], self.precision[rows] = slope, precision


def modes(
    slopes: Slopes,
    values: Values,
    starts: Sequence[Array],
    bounds: tuple[Array, Array],
    settled: float = 1e-3,
) -> list[Mode]:
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
    settled
        Gain of log density that a step must promise; 1e-3 is a twentieth of a standard deviation.

    Raises
    ------
    EstimationError
        When no start leads to a finite density.
    """
    theta = np.clip(np.array(starts), *bounds)
    value, slope, precision = _expansion(slopes, theta, np.full(theta.shape, LARGEST))
    if not np.isfinite(value).any():
        raise EstimationError("no finite posterior density found: are the data finite and the basis independent?")
    climbers = _Climbers(theta, value, slope, precision)
    for _ in range(MOST):
        if not climbers.advance(slopes, values, bounds, settled):
            break
    return _distinct(climbers.theta, climbers.value, climbers.precision)


def _differences(precision: Array) -> Array:
    """Steps (s, size) for differencing: posteriors can be a million times narrower than priors."""
    curvatures = np.maximum(np.abs(np.diagonal(precision, axis1=1, axis2=2)), 1e-300)
    return np.asarray(np.clip(0.03 / np.sqrt(curvatures), SMALLEST, LARGEST))


def _expansion(slopes: Slopes, theta: Array, steps: Array) -> tuple[Array, Array, Array]:
    """Values, gradients and negative Hessians (s, size, size) by forward differences of the gradient."""
    count, size = theta.shape
    stencil = np.concatenate([np.zeros((count, 1, size)), steps[:, None] * np.eye(size)], axis=1)
    value, slope = slopes((theta[:, None] + stencil).reshape(-1, size))
    slope = slope.reshape(count, size + 1, size)
    matrix = (slope[:, :1] - slope[:, 1:]) / steps[:, :, None]
    return value.reshape(count, -1)[:, 0].copy(), slope[:, 0].copy(), 0.5 * (matrix + matrix.swapaxes(1, 2))


def _spectrum(precision: Array) -> tuple[Array, Array, Array, Array]:
    """Spectrum of negative Hessians scaled to unit diagonal, for widths from 1e-8 to 1 side by side.

    Returns scales (s, size), eigenvalues (s, size), eigenvectors (s, size, size), and for every eigenvalue
    the least that keeps the variance along its vector below 1 / LEAST_CURVATURE in the unscaled coordinates.
    """
    scale = np.sqrt(np.maximum(np.abs(np.diagonal(precision, axis1=1, axis2=2)), LEAST_CURVATURE))
    values, vectors = np.linalg.eigh(precision / (scale[:, :, None] * scale[:, None, :]))
    least = LEAST_CURVATURE * np.sum((vectors / scale[:, :, None]) ** 2, axis=1)
    return scale, values, vectors, np.maximum(least, 1e-12)


def _covariance(precision: Array) -> Array:
    """Covariance (size, size) from one negative Hessian with floored spectrum."""
    scale, values, vectors, least = (part[0] for part in _spectrum(precision[None]))
    return np.asarray((vectors / np.maximum(values, least)) @ vectors.T / np.outer(scale, scale))


def _steps(slope: Array, precision: Array) -> Array:
    """Newton steps with absolute, floored eigenvalues: always uphill; shortened where too long."""
    scale, values, vectors, least = _spectrum(precision)
    inner = np.einsum("sij,si->sj", vectors, slope / scale) / np.maximum(np.abs(values), least)
    step = np.einsum("sij,sj->si", vectors, inner) / scale
    longest = np.abs(step).max(axis=1, keepdims=True)
    return np.asarray(step * np.minimum(1.0, LONGEST / np.maximum(longest, 1e-300)))


def _distinct(theta: Array, value: Array, precision: Array) -> list[Mode]:
    kept: list[Mode] = []
    for i in np.argsort(-value, kind="stable"):
        if value[i] < np.max(value) - NEGLIGIBLE or any(_near(theta[i], mode) for mode in kept):
            continue
        kept.append(Mode(theta[i], float(value[i]), _covariance(precision[i])))
    return kept


def _near(theta: Array, mode: Mode) -> bool:
    step = theta - mode.theta
    return bool(step @ np.linalg.solve(mode.covariance, step) < 0.25)
