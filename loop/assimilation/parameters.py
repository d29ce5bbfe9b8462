"""The nonlinear parameters θ: C's, log s's, log noise-class factors, hyperparameters; and their prior."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from loop.assimilation.arrays import Array, segments
from loop.assimilation.prior import CoefficientPrior, WithOffsets

LOG_2PI = float(np.log(2.0 * np.pi))


@dataclass(frozen=True)
class Parameters:
    """Layout and prior of θ, unbounded coordinates, in scaled units.

    Parameters
    ----------
    edges
        (child, parent) per relation.
    q
        Number of targets.
    classes
        Noise classes with a factor of their own.
    coefficients
        Prior of the coefficients of each target.
    means, deviations
        Normal prior of every coordinate; those of log s are not used.
    residual
        Width of the half-normal prior on s.
    """

    edges: tuple[tuple[int, int], ...]
    q: int
    classes: tuple[str, ...]
    coefficients: tuple[CoefficientPrior | WithOffsets, ...]
    means: Array
    deviations: Array
    residual: float

    @property
    def size(self) -> int:
        """Number of coordinates."""
        return len(self.means)

    @cached_property
    def relation(self) -> slice:
        """Where the C's are."""
        return slice(0, len(self.edges))

    @cached_property
    def residuals(self) -> slice:
        """Where the log s's are."""
        return slice(len(self.edges), len(self.edges) + self.q)

    @cached_property
    def factors(self) -> slice:
        """Where the log factors of the noise classes are."""
        return slice(self.residuals.stop, self.residuals.stop + len(self.classes))

    @cached_property
    def hyper(self) -> tuple[slice, ...]:
        """Where the hyperparameters of each target are."""
        return segments([len(c.mean) for c in self.coefficients], self.factors.stop)

    def matrices(self, theta: Array) -> Array:
        """Relation matrices B (t, q, q) of the rows of θ (t, size)."""
        B = np.zeros((len(theta), self.q, self.q))
        for column, (child, parent) in enumerate(self.edges):
            B[:, child, parent] = theta[:, column]
        return B

    def log_prior(self, theta: Array) -> Array:
        """Log density (t,), normalized, with the Jacobian of s → log s."""
        z = self._standard(theta)
        logs = theta[:, self.residuals]
        free = np.delete(self.deviations, np.r_[self.residuals])
        normal = -0.5 * (z**2).sum(axis=1) - np.log(free).sum() - 0.5 * LOG_2PI * len(free)
        ratio = np.exp(2.0 * np.minimum(logs - np.log(self.residual), 300.0))
        half = 0.5 * np.log(2.0 / np.pi) - np.log(self.residual) + logs - 0.5 * ratio
        return np.asarray(normal + half.sum(axis=1))

    def log_prior_slope(self, theta: Array) -> Array:
        """Gradients (t, size) of the log density at θ (t, size)."""
        slope = -self._standard(theta) / self.deviations
        logs = theta[:, self.residuals] - np.log(self.residual)
        slope[:, self.residuals] = 1.0 - np.exp(2.0 * np.minimum(logs, 300.0))
        return np.asarray(slope)

    def _standard(self, theta: Array) -> Array:
        z = (theta - self.means) / self.deviations
        z[:, self.residuals] = 0.0
        return np.asarray(z)
