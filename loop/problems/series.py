"""D2: sine series in one variable."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.assimilation import DataAssimilation, SineBasis, Structure
from loop.assimilation.arrays import Array, Generator

CALCULATION = (2.0, 0.2, 0.3, -0.2, 0.1, -0.3, 0.2)
"""Coefficients of y1."""
EXPERIMENT = (0.0, -0.4, 0.3, -0.2, 0.1, -0.3, 0.2)
"""Coefficients of y2 = y1 − 2φ0 − 0.6φ1."""


@dataclass(frozen=True)
class Series:
    """One draw of the sine series (method.md 6, after Harashima et al., arXiv:2408.08539).

    Parameters
    ----------
    X
        Points (n, 1), calculations first.
    Y
        Values (n, 2) of calculation and experiment, NaN where not observed.
    """

    X: Array
    Y: Array

    @classmethod
    def draw(
        cls,
        rng: Generator,
        calculations: int = 20,
        experiments: int = 6,
        noise: tuple[float, float] = (0.01, 0.05),
    ) -> Series:
        """Draw points on [0, 1] and noise with these standard deviations (not stated by the source; ours)."""
        X = rng.uniform(size=(calculations + experiments, 1))
        Y = np.full((len(X), 2), np.nan)
        Y[:calculations, 0] = cls.value(X[:calculations], 0) + noise[0] * rng.standard_normal(calculations)
        Y[calculations:, 1] = cls.value(X[calculations:], 1) + noise[1] * rng.standard_normal(experiments)
        return cls(X, Y)

    @staticmethod
    def value(X: Array, target: int) -> Array:
        """Noise-free calculation (0) or experiment (1) at the points X (n, 1)."""
        return np.asarray(SineBasis(1, 7).design(X) @ np.array((CALCULATION, EXPERIMENT)[target]))

    @staticmethod
    def model(estimator: str = "bayes") -> DataAssimilation:
        """Return the model of it, unfitted: the discrepancy a constant and the first sine."""
        structure = Structure(("calc", "expt"), parents={"expt": ("calc",)}, active={"expt": (0, 1)})
        return DataAssimilation(SineBasis(1, 7), structure, estimator)
