"""Sine and cosine series and their products."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from loop.assimilation.arrays import Array
from loop.assimilation.basis import Basis
from loop.assimilation.box import Box
from loop.assimilation.naming import variable_names
from loop.assimilation.tensor import full_grid, join, outer_columns


def multiples(angle: Array, n: int, zeroth: Array, first: Array) -> Array:
    """Continue sines or cosines to the multiples 0 … n−1 of an angle by s_k = 2 cos(angle) s_{k−1} − s_{k−2}.

    Parameters
    ----------
    angle
        (points,), radian.
    n
        Number of multiples.
    zeroth, first
        Values for multiples 0 and 1, (points,).

    Returns
    -------
    Array
        (n, points). The error grows at most with the square of the multiple: 1e-13 for n = 30.
    """
    table = np.empty((max(n, 2), len(angle)))
    table[0], table[1] = zeroth, first
    double = 2.0 * np.cos(angle)
    for k in range(2, n):
        np.multiply(double, table[k - 1], out=table[k])
        table[k] -= table[k - 2]
    return table[:n]


def sines(angle: Array, n: int) -> Array:
    """Sines (n, points) of the multiples 0 … n−1 of an angle."""
    return multiples(angle, n, np.zeros_like(angle), np.sin(angle))


def cosines(angle: Array, n: int) -> Array:
    """Cosines (n, points) of the multiples 0 … n−1 of an angle."""
    return multiples(angle, n, np.ones_like(angle), np.cos(angle))


class _SeriesBasis(Basis):
    _letter: str

    def __init__(
        self,
        dim: int,
        n: int,
        bounds: ArrayLike | None = None,
        variables: Sequence[str] | None = None,
        max_order: int | None = None,
    ) -> None:
        self.dim, self.n, self.box = dim, n, Box.of(dim, bounds)
        self.variables = variable_names(dim, variables)
        highest = dim * (n - 1) if max_order is None else max_order
        self._indices = tuple(index for index in full_grid((n,) * dim) if sum(index) <= highest)
        self.orders = tuple(sum(index) for index in self._indices)
        self.names = tuple(self._name(index) for index in self._indices)

    def columns(self, X: Array) -> Array:
        """Evaluate function-major: points (n, d) to (p, n)."""
        return outer_columns([self._table(u) for u in self.box.unit(X)], self._indices)

    def _name(self, index: tuple[int, ...]) -> str:
        return join(["1" if k == 0 else f"{self._letter}{k}({v})" for v, k in zip(self.variables, index, strict=True)])

    @abstractmethod
    def _table(self, u: Array) -> Array: ...


class SineBasis(_SeriesBasis):
    """The source's series: φ_0 = 1 and φ_k(x) = sin(2πkx), k = 1 … n−1, with all products.

    φ_0 must be read as the constant: sin(0) would delete the source's own constant terms (method.md, 3).
    Functions are row-major in (k₁, k₂, …), so that with ``dim=2, n=7`` functions 0, 1 and 7 are the constant
    and the first of each descriptor. Names are ``s1(x0)``, ``s1(x0)*s2(x1)``.

    Parameters
    ----------
    dim
        Number of descriptors.
    n
        Functions per descriptor, the constant included.
    bounds
        (dim, 2), one period; None is the unit box.
    variables
        Names of the descriptors; None is x0, x1, …
    max_order
        Cross-term rule: keep products with k₁ + k₂ + … ≤ max_order; None keeps all.
    """

    _letter = "s"

    def _table(self, u: Array) -> Array:
        table = sines(2.0 * np.pi * u, self.n)
        table[0] = 1.0
        return table


class CosineBasis(_SeriesBasis):
    """φ_0 = 1 and φ_k(x) = √2 cos(πkx), k = 1 … n−1, with all products: orthonormal, no period assumed.

    Names are ``c1(x0)``, ``c1(x0)*c2(x1)``. The parameters are those of :class:`SineBasis`.
    """

    _letter = "c"

    def _table(self, u: Array) -> Array:
        table: Array = np.sqrt(2.0) * cosines(np.pi * u, self.n)
        table[0] = 1.0
        return table
