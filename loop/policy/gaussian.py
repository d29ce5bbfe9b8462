"""All curves as one Gaussian: the best linear prediction of what more data would teach."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from loop.assimilation import Basis
from loop.assimilation.arrays import Array
from loop.assimilation.collapsed import CHUNK

Contrast = Mapping[str, Array]
"""Linear functions of curves: rows (r, p) on the coefficients, by target."""


@dataclass(frozen=True)
class Gaussian:
    """First two moments of the mixture over the coefficients of every target's curve.

    What θ leaves open is part of the covariance, so that data reduce it too, by the best linear rule. For judging
    requests that were not made yet; what is reported comes from the mixture itself.

    Parameters
    ----------
    basis
        The p functions.
    targets
        Names of the q targets.
    covariance
        (q, p, q, p), target units.
    noise
        Mean residual variances (q,) of one value.
    """

    basis: Basis
    targets: tuple[str, ...]
    covariance: Array
    noise: Array

    def conditioned(self, x: Array, target: str) -> Gaussian:
        """Count the target as observed at one point x (d,)."""
        t = self.targets.index(target)
        h = self.basis.design(x[None])[0]
        shared = self.covariance[:, :, t] @ h
        total = float(shared[t] @ h) + float(self.noise[t])
        downdate = shared[:, :, None, None] * (shared / total)
        return replace(self, covariance=self.covariance - downdate)

    def variance(self, X: Array, target: str) -> Array:
        """Variance (n,) of the noise-free target at the points X (n, d)."""
        t = self.targets.index(target)
        parts = [np.einsum("ij,ij->j", columns, self.covariance[t, :, t] @ columns) for columns in self._columns(X)]
        return np.asarray(np.maximum(np.concatenate(parts), 0.0))

    def explained(self, X: Array, target: str, contrast: Contrast) -> Array:
        """How much one value of the target would lower the summed variance of linear functions of curves.

        Parameters
        ----------
        X
            Where the value might be taken, (n, d).
        target
            What the value would be of.
        contrast
            The linear functions: rows (r, p) on the coefficients of each target that they are functions of.

        Returns
        -------
        Array
            Σᵢ cov(cᵢ·w, target(x))² / (var target(x) + noise), (n,), squared units of the functions.
        """
        t = self.targets.index(target)
        shared, own = self._shared(contrast, t), self.covariance[t, :, t]
        parts = []
        for columns in self._columns(X):
            total = np.maximum(np.einsum("ij,ij->j", columns, own @ columns), 0.0) + self.noise[t]
            reach = shared @ columns
            parts.append(np.einsum("ij,ij->j", reach, reach) / total)
        return np.concatenate(parts)

    def total(self, contrast: Contrast) -> float:
        """Summed variance of linear functions (r, p) of the coefficients of each target; never 0."""
        parts = [np.sum(self._shared(contrast, self.targets.index(name)) * rows) for name, rows in contrast.items()]
        return max(float(np.sum(parts)), 1e-300)

    def _shared(self, contrast: Contrast, t: int) -> Array:
        """Covariance (r, p) of linear functions with the coefficients of a target."""
        parts = [rows @ self.covariance[self.targets.index(name), :, t] for name, rows in contrast.items()]
        return parts[0] if len(parts) == 1 else np.sum(parts, axis=0)

    def _columns(self, X: Array) -> Iterator[Array]:
        for start in range(0, max(len(X), 1), CHUNK):
            yield self.basis.columns(X[start : start + CHUNK])
