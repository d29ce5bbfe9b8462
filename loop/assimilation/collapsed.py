"""The first two moments of a mixture over curves, as one vector and one matrix."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from loop.assimilation.arrays import Array, points
from loop.assimilation.basis import Basis

CHUNK = 8192
"""Points handled at once: memory stays bounded and in cache."""


@dataclass(frozen=True)
class Collapsed:
    """Mean w̄ and covariance QᵀQ of the coefficients of a curve.

    The variance of a mixture is E[ωᵢ(Kᵢ + wᵢwᵢᵀ)] − w̄w̄ᵀ, linear in one p×p matrix: mean and deviation at n
    points cost about one (n × p)(p × p) product, whatever the number of components.

    Parameters
    ----------
    basis
        The p functions.
    mean
        (p,), target units.
    root
        Q (r, p), target units.
    """

    basis: Basis
    mean: Array
    root: Array

    @classmethod
    def of(cls, basis: Basis, weights: Array, curves: Array, roots: Array) -> Collapsed:
        """Collapse components with coefficients (k, p) and covariance roots (k, P, p)."""
        mean = weights @ curves
        tall = (np.sqrt(weights)[:, None, None] * roots).reshape(-1, basis.size)
        spread = np.sqrt(weights)[:, None] * (curves - mean)
        values, vectors = np.linalg.eigh(tall.T @ tall + spread.T @ spread)
        root = np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
        return cls(basis, mean, root)

    def evaluate(self, X: ArrayLike) -> tuple[Array, Array]:
        """Mean (n,) and standard deviation (n,) at points (n, d), target units."""
        matrix = points(X, self.basis.dim)
        mean, deviation = np.empty(len(matrix)), np.empty(len(matrix))
        for start in range(0, len(matrix), CHUNK):
            part = slice(start, start + CHUNK)
            columns = self.basis.columns(matrix[part])
            np.dot(self.mean, columns, out=mean[part])
            rooted = self.root @ columns
            np.einsum("ij,ij->j", rooted, rooted, out=deviation[part])
        return mean, np.sqrt(deviation, out=deviation)
