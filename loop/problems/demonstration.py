"""D1: one variable, a cubic and the same lowered by a constant."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.assimilation import DataAssimilation, PolynomialBasis, Structure
from loop.assimilation.arrays import Array, Generator


@dataclass(frozen=True)
class Demonstration:
    """One draw of the one-dimensional demonstration (method.md 6, after Harashima et al., arXiv:2408.08539).

    "Calculations" on all of [0, 1] with noise 0.03 and "experiments" on [0, 0.5] only, with noise 0.1, at points of
    their own; the experiment is to be predicted beyond 0.5.

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
    def draw(cls, rng: Generator, calculations: int = 10, experiments: int = 5) -> Demonstration:
        """Draw points and noise."""
        x1, x2 = rng.uniform(0.0, 1.0, calculations), rng.uniform(0.0, 0.5, experiments)
        Y = np.full((calculations + experiments, 2), np.nan)
        Y[:calculations, 0] = cls.calculation(x1) + 0.03 * rng.standard_normal(calculations)
        Y[calculations:, 1] = cls.experiment(x2) + 0.1 * rng.standard_normal(experiments)
        return cls(np.concatenate([x1, x2])[:, None], Y)

    @staticmethod
    def calculation(x: Array) -> Array:
        """f1(x) = 2 − x + 5(x − 0.7)² + 20(x − 0.5)³, of any shape."""
        return np.asarray(2.0 - x + 5.0 * (x - 0.7) ** 2 + 20.0 * (x - 0.5) ** 3)

    @staticmethod
    def experiment(x: Array) -> Array:
        """f2(x) = f1(x) − 1.5, of any shape."""
        return Demonstration.calculation(x) - 1.5

    @staticmethod
    def model(estimator: str = "bayes") -> DataAssimilation:
        """Return the model of it, unfitted: a cubic, the discrepancy a constant."""
        structure = Structure(("calc", "expt"), parents={"expt": ("calc",)}, active={"expt": ("1",)})
        return DataAssimilation(PolynomialBasis(1, 3), structure, estimator)
