"""Covariances of all coefficients, conditioned by rank-1 downdates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from loop.assimilation import Posterior
from loop.assimilation.arrays import Array, Ints

MANY = 200
"""Points beyond which conditioning on all at once is told from one after the other by the last bits."""


@dataclass(frozen=True)
class Covariances:
    """One covariance of the coefficients β for every component of a posterior.

    Observing a target at x turns each Σ into Σ − Σh (Σh)ᵀ / (hᵀΣh + s), h(x) the row and s the noise of the target
    given θ: the same as :meth:`Posterior.conditioned` by O(k P²) and no factorization (method.md 5: no value is
    needed for that).

    Parameters
    ----------
    posterior
        The mixture; its means and weights stay.
    sigma
        (k, P, P), scaled units.
    """

    posterior: Posterior
    sigma: Array

    @classmethod
    def of(cls, posterior: Posterior) -> Covariances:
        """Invert the precisions of a posterior."""
        roots = np.linalg.inv(posterior.factor)
        return cls(posterior, roots.swapaxes(1, 2) @ roots)

    def conditioned(self, X: Array, target: str) -> Covariances:
        """Count the target as observed at the points X (n, d)."""
        unit = self.posterior.scaling.unit[self.posterior.structure.index(target)]
        noise = self.posterior.noise(target) / unit**2
        columns = self.posterior.basis.columns(np.asarray(X, dtype=float))
        if columns.shape[1] > MANY:
            # Only the Gram matrix of the rows counts: as many of them as there are functions say the same.
            columns = np.asarray(np.linalg.qr(columns.T, mode="r")).T
        sigma = self.sigma.copy()
        for h in self.posterior.rows_of(columns, target).swapaxes(0, 1):
            shared = np.einsum("kab,kb->ka", sigma, h)
            shared /= np.sqrt(np.einsum("ka,ka->k", shared, h) + noise)[:, None]
            sigma -= shared[:, :, None] * shared[:, None, :]
        return replace(self, sigma=sigma)

    def collapsed(self, first: str, second: str) -> Array:
        """Covariance (p, p) between the curves of two targets over the whole mixture, target units.

        The mean covariance of the components plus the covariance of their means.
        """
        posterior, weights = self.posterior, self.posterior.weights
        within = np.zeros((posterior.basis.size, posterior.basis.size))
        for scale, where, block in self._blocks(first, second):
            within[where] += np.tensordot(weights * scale, block, 1)
        spread = [curves - weights @ curves for curves in map(posterior.curves, (first, second))]
        return within * self._unit(first, second) + (weights[:, None] * spread[0]).T @ spread[1]

    def components(self, first: str, second: str) -> Array:
        """Covariances (k, p, p) between the curves of two targets given θ, target units."""
        found = np.zeros((len(self.posterior.weights), self.posterior.basis.size, self.posterior.basis.size))
        for scale, (rows, columns), block in self._blocks(first, second):
            found[:, rows, columns] += scale[:, None, None] * block
        return np.asarray(found * self._unit(first, second))

    def _blocks(self, first: str, second: str) -> Iterator[tuple[Array, tuple[Ints, Ints], Array]]:
        """Blocks of Σ by pairs of targets whose coefficients enter: scales (k,), places in (p, p), blocks (k, …)."""
        posterior = self.posterior
        t, s = posterior.structure.index(first), posterior.structure.index(second)
        for scale, left, rows in posterior.parts(t):
            for other, right, columns in posterior.parts(s):
                yield scale * other, (left[:, None], right[None]), self.sigma[:, rows][:, :, columns]

    def _unit(self, first: str, second: str) -> float:
        index, unit = self.posterior.structure.index, self.posterior.scaling.unit
        return float(unit[index(first)] * unit[index(second)])
