"""Contrasts of a categorical descriptor."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loop.assimilation.arrays import Array
from loop.assimilation.basis import Basis
from loop.errors import CampaignError, DataError

_OFF = 1e-6


class CategoryBasis(Basis):
    """The constant and n − 1 contrasts of a descriptor with n categories, given by position 0 … n − 1.

    Function k is orthogonal to those before it under equal shares of the categories, and has mean square 1 as the
    polynomials have on their box: √n times the Helmert contrast of category k with the mean of the categories
    before it. It is named by its category, ``treatment[annealed]``, as a polynomial by its leading monomial. Equal
    prior variances s² of the coefficients give effects of the categories with covariance s²(n·1 − 11ᵀ): they sum to
    zero, all are alike, and their order does not matter. Every contrast has order 1.

    Parameters
    ----------
    values
        Names of the categories; at least two different ones.
    variable
        Name of the descriptor.

    References
    ----------
    Helmert contrasts: Venables & Ripley, Modern Applied Statistics with S (2002), section 6.2.
    """

    def __init__(self, values: Sequence[str], variable: str = "x0") -> None:
        if len(values) < 2 or len(set(values)) < len(values):
            raise CampaignError(f"categories {list(values)} of {variable}: expected at least two different ones")
        self.dim, self.values, self.variable = 1, tuple(values), variable
        self.names = ("1", *(f"{variable}[{value}]" for value in self.values[1:]))
        self.orders = (0,) + (1,) * (len(values) - 1)
        self._table = _helmert(len(values))

    def columns(self, X: Array) -> Array:
        """Evaluate function-major: positions (n, 1) to (p, n).

        Raises
        ------
        DataError
            Where a value is no position of a category.
        """
        positions = np.round(X[:, 0])
        bad = (np.abs(positions - X[:, 0]) > _OFF) | (positions < 0) | (positions >= len(self.values))
        if bad.any():
            raise DataError(
                f"{self.variable} = {X[:, 0][bad][0]:g}, expected the position of one of {', '.join(self.values)}"
            )
        return np.asarray(self._table[:, positions.astype(np.intp)])


def _helmert(n: int) -> Array:
    """Rows of functions (n, n): the constant 1, then contrasts with mean square 1."""
    table = np.ones((n, n))
    for k in range(1, n):
        table[k] = np.where(np.arange(n) < k, -1.0, np.where(np.arange(n) == k, float(k), 0.0))
        table[k] *= np.sqrt(n / (k * (k + 1.0)))
    return table
