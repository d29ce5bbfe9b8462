"""D3: find the maximum of an experiment in two variables with the help of calculations."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.assimilation import DataAssimilation, SineBasis, Statistics, Structure
from loop.assimilation.arrays import Array, Generator, Ints

FUNCTIONS, GRID = 7, 61
"""Functions and candidates a dimension."""
NOISE = (0.01, 0.05)
"""Standard deviations of one calculation and of one experiment."""
BASIS = SineBasis(dim=2, n=FUNCTIONS)
STRUCTURE = Structure(("calc", "expt"), parents={"expt": ("calc",)}, active={"expt": (0, 1, FUNCTIONS)})


@dataclass(frozen=True)
class SearchProblem:
    """One draw of the search (method.md 6, after Harashima et al., arXiv:2408.08539).

    49 coefficients N(0, 0.25²) and the constant 2 make the calculation A; the experiment B is A with the constant
    lowered by 2 and the first function of each variable shifted by N(0, 0.6²).

    Parameters
    ----------
    X
        Candidates (3721, 2) on the unit square.
    truth
        Noise-free calculation and experiment at the candidates, (3721, 2).
    """

    X: Array
    truth: Array

    @classmethod
    def draw(cls, rng: Generator) -> SearchProblem:
        """Draw coefficients."""
        axis = np.linspace(0.0, 1.0, GRID)
        X = np.column_stack([axis.repeat(GRID), np.tile(axis, GRID)])
        calculation = rng.normal(0.0, 0.25, BASIS.size)
        calculation[0] = 2.0
        experiment = calculation.copy()
        experiment[0] -= 2.0
        experiment[[1, FUNCTIONS]] += rng.normal(0.0, 0.6, 2)
        return cls(X, BASIS.design(X) @ np.column_stack([calculation, experiment]))

    @staticmethod
    def model(estimator: str = "bayes") -> DataAssimilation:
        """Return the model of it, unfitted."""
        return DataAssimilation(BASIS, STRUCTURE, estimator)

    def observe(self, rows: Ints, target: int, rng: Generator) -> Array:
        """Noisy values of the calculation (0) or the experiment (1) at rows of the candidates, (n,)."""
        return np.asarray(self.truth[rows, target] + NOISE[target] * rng.standard_normal(len(rows)))

    def statistics(self, rows: Ints, values: Array, target: int) -> Statistics:
        """Sum up such values."""
        Y = np.full((len(rows), 2), np.nan)
        Y[:, target] = values
        return Statistics.of(BASIS, 2, self.X[rows], Y)

    def found(self, rows: Ints) -> bool:
        """Whether an experiment at one of the rows is within 1 % of the range of B of its maximum."""
        return bool((self.shortfall(rows) <= 0.01).any())

    def shortfall(self, rows: Ints) -> Array:
        """How far below its maximum B is at the rows, in shares of its range, (n,)."""
        B = self.truth[:, 1]
        low, high = float(np.min(B)), float(np.max(B))
        return np.asarray((high - B[rows]) / (high - low))
