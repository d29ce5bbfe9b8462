"""Heavy-tailed proposals for θ and their quasi-random draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaincinv, gammaln, ndtri

from loop.assimilation.arrays import Array, Generator

DEGREES = 3.0
"""Degrees of freedom of the t distributions."""


@dataclass(frozen=True)
class Proposal:
    """A multivariate t₃.

    Parameters
    ----------
    mean
        Location (size,).
    root
        Lower Cholesky factor of the scale matrix (size, size).
    """

    mean: Array
    root: Array

    @classmethod
    def of(cls, mean: Array, covariance: Array, inflation: float = 1.5) -> Proposal:
        """Build from a mean and a covariance, widened by ``inflation`` in standard deviations."""
        scale = np.sqrt(np.maximum(np.diagonal(covariance), 1e-300))
        values, vectors = np.linalg.eigh(covariance / np.outer(scale, scale))
        correlation = (vectors * np.maximum(values, 1e-9)) @ vectors.T
        return cls(mean, inflation * scale[:, None] * np.linalg.cholesky(correlation))

    def draw(self, n: int, rng: Generator) -> Array:
        """Draw (n, size) by a scrambled Sobol sequence; n should be a power of two."""
        from scipy.stats import qmc  # a second to import: most estimators draw nothing by it

        size = len(self.mean)
        uniform = np.clip(qmc.Sobol(size + 1, rng=rng).random(n), 1e-12, 1 - 1e-12)
        stretch = np.sqrt(DEGREES / (2.0 * gammaincinv(0.5 * DEGREES, uniform[:, -1])))
        return np.asarray(self.mean + (ndtri(uniform[:, :-1]) * stretch[:, None]) @ self.root.T)

    def log_density(self, theta: Array) -> Array:
        """Log density (t,) at θ (t, size)."""
        size = len(self.mean)
        z = np.linalg.solve(self.root, (theta - self.mean).T)
        constant = gammaln(0.5 * (DEGREES + size)) - gammaln(0.5 * DEGREES) - 0.5 * size * np.log(DEGREES * np.pi)
        log_det = np.log(np.diagonal(self.root)).sum()
        return np.asarray(constant - log_det - 0.5 * (DEGREES + size) * np.log1p((z**2).sum(axis=0) / DEGREES))
