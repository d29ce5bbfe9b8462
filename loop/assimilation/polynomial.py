"""Orthonormal polynomials up to a total degree."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from loop.assimilation.arrays import Array
from loop.assimilation.basis import Basis
from loop.assimilation.box import Box
from loop.assimilation.naming import variable_names
from loop.assimilation.tensor import join, outer_columns, total_degree


def legendre(u: Array, degree: int) -> Array:
    """Legendre polynomials orthonormal under the uniform density on [0, 1].

    Parameters
    ----------
    u
        Points (n,).
    degree
        Highest degree.

    Returns
    -------
    Array
        (degree + 1, n); row k is √(2k+1) P_k(2u − 1), by the three-term recurrence.
    """
    t = 2.0 * u - 1.0
    table = np.ones((degree + 1, len(u)))
    if degree:
        table[1] = t
    for k in range(1, degree):
        table[k + 1] = ((2 * k + 1) * t * table[k] - k * table[k - 1]) / (k + 1)
    return np.asarray(table * np.sqrt(2.0 * np.arange(degree + 1) + 1.0)[:, None])


class PolynomialBasis(Basis):
    """Products of Legendre polynomials of total degree at most ``degree``.

    They are orthonormal on the box, so that one prior variance for all coefficients means something. A
    function is named by its leading monomial: ``x0^2`` is the second Legendre polynomial of x0, not the bare
    square.

    Parameters
    ----------
    dim
        Number of descriptors.
    degree
        Highest total degree.
    bounds
        (dim, 2); None is the unit box. Points outside are extrapolated.
    variables
        Names of the descriptors; None is x0, x1, …
    """

    def __init__(
        self, dim: int, degree: int, bounds: ArrayLike | None = None, variables: Sequence[str] | None = None
    ) -> None:
        self.dim, self.degree, self.box = dim, degree, Box.of(dim, bounds)
        self.variables = variable_names(dim, variables)
        self._indices = total_degree(dim, degree)
        self.orders = tuple(sum(index) for index in self._indices)
        self.names = tuple(self._name(index) for index in self._indices)

    def columns(self, X: Array) -> Array:
        """Evaluate function-major: points (n, d) to (p, n)."""
        tables = [legendre(u, self.degree) for u in self.box.unit(X)]
        return outer_columns(tables, self._indices)

    def _name(self, index: tuple[int, ...]) -> str:
        powers = zip(self.variables, index, strict=True)
        return join(["1" if k == 0 else v if k == 1 else f"{v}^{k}" for v, k in powers])
