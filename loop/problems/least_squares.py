"""Ordinary least squares with its textbook band: what the assimilation is compared with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.stats import t as student

from loop.assimilation.arrays import Array


@dataclass(frozen=True, eq=False)
class LeastSquares:
    """A linear model fitted to the values of one target alone.

    Parameters
    ----------
    coefficients
        (p,); the shortest solution where the data determine fewer.
    covariance
        (p, p) of the coefficients, NaN without a degree of freedom.
    freedom
        Rows less coefficients.
    """

    coefficients: Array
    covariance: Array
    freedom: int

    @classmethod
    def fit(cls, design: Array, values: Array) -> LeastSquares:
        """Fit values (n,) on the design (n, p)."""
        n, p = design.shape
        solution, _, rank, singular = np.linalg.lstsq(design, values, rcond=None)
        coefficients = np.asarray(solution, dtype=np.float64)
        if n <= p or rank < p:
            return cls(coefficients, np.full((p, p), np.nan), 0)
        right = np.linalg.svd(design, full_matrices=False)[2].T / singular
        scatter = float(np.sum((values - design @ coefficients) ** 2)) / (n - p)
        return cls(coefficients, right @ right.T * scatter, n - p)

    def mean(self, design: Array) -> Array:
        """Predict at the design (m, p)."""
        return np.asarray(design @ self.coefficients)

    def half_width(self, design: Array, level: float = 0.95) -> Array:
        """Half width (m,) of the band of the mean by Student's t, NaN without a degree of freedom."""
        if self.freedom < 1:
            return np.full(len(design), np.nan)
        variance = np.einsum("ij,jk,ik->i", design, self.covariance, design)
        return np.asarray(student.ppf(0.5 + level / 2, self.freedom) * np.sqrt(variance))
