"""The law as a straight line in what it depends on, about what is believed of one sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.assimilation.arrays import Array
from loop.magnetism.expectation import SURE, expectation
from loop.magnetism.law import Law


@dataclass(frozen=True)
class Linearization:
    """M ≈ intercept + slope·z + e, z = (M0, Tc, u), e of known variance, for each of n rows.

    Parameters
    ----------
    intercept
        (n,).
    slope
        (n, 2 + k).
    missed
        Variance (n,) of M about the line: what the law bends over the width of the belief.
    share
        (n,), root of the share of the variance of M that the line misses; 0 where the law is straight.
    """

    intercept: Array
    slope: Array
    missed: Array
    share: Array

    @classmethod
    def about(cls, law: Law, temperature: Array, mean: Array, covariance: Array) -> Linearization:
        """Regress the law on z ~ N(mean, covariance), (n, 2 + k) and (n, 2 + k, 2 + k), at temperatures (n,) in K.

        Statistical linear regression: slope = cov(z)⁻¹ cov(z, M). Where the belief is narrow that is the derivative;
        near Tc, where the derivative diverges, it stays finite because it averages over the belief, and what the line
        misses counts as noise (García-Fernández et al., IEEE Trans. Signal Process. 63, 5561 (2015)).
        """
        found = expectation(law, temperature, mean, covariance)
        sure = (SURE * np.maximum(np.abs(mean), SURE)) ** 2
        whole = covariance + sure[:, :, None] * np.eye(mean.shape[1])
        slope: Array = np.linalg.solve(whole, found.cross[:, :, None])[:, :, 0].astype(float, copy=False)
        explained = np.einsum("ni,ni->n", slope, found.cross)
        missed = np.clip(found.variance - explained, 0.0, found.variance)
        share = np.sqrt(np.divide(missed, found.variance, out=np.zeros(len(missed)), where=found.variance > 0))
        return cls(found.mean - np.einsum("ni,ni->n", slope, mean), slope, missed, share)

    def towards(self, new: Linearization, step: float) -> Linearization:
        """Go a part of the way to another one."""
        pairs = zip(self._arrays(), new._arrays(), strict=True)
        return Linearization(*(old + step * (to - old) for old, to in pairs))

    def _arrays(self) -> tuple[Array, Array, Array, Array]:
        return self.intercept, self.slope, self.missed, self.share


@dataclass(frozen=True)
class LinearizationReport:
    """How the iteration went.

    Parameters
    ----------
    rows
        Values at T > 0.
    idle
        Those of them that tell nothing, as they lie far above Tc.
    passes
        How often the law was linearized anew.
    last_change
        Largest movement of a row's M0 or Tc by the last pass, in its posterior standard deviation.
    largest_nonlinearity
        Largest share of a row's predictive deviation that its line misses, 0 to 1; that part counts as noise.
    settled
        Whether the last change is negligible.
    """

    rows: int
    idle: int
    passes: int
    last_change: float
    largest_nonlinearity: float
    settled: bool
