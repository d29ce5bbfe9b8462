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


def harmonics(angle: Array, n: int) -> tuple[Array, Array]:
    """Sines and cosines of the multiples 0 … n−1 of an angle, by angle addition.

    Parameters
    ----------
    angle
        (points,), radian.
    n
        Number of multiples.

    Returns
    -------
    tuple of Array
        sin and cos, each (n, points). The error grows linearly with the multiple: below 1e-14 for n ≤ 50.
    """
    sines, cosines = np.zeros((n, len(angle))), np.ones((n, len(angle)))
    first_sine, first_cosine = np.sin(angle), np.cos(angle)
    for k in range(1, n):
        sines[k] = sines[k - 1] * first_cosine + cosines[k - 1] * first_sine
        cosines[k] = cosines[k - 1] * first_cosine - sines[k - 1] * first_sine
    return sines, cosines


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
        table = harmonics(2.0 * np.pi * u, self.n)[0]
        table[0] = 1.0
        return table


class CosineBasis(_SeriesBasis):
    """φ_0 = 1 and φ_k(x) = √2 cos(πkx), k = 1 … n−1, with all products: orthonormal, no period assumed.

    Names are ``c1(x0)``, ``c1(x0)*c2(x1)``. The parameters are those of :class:`SineBasis`.
    """

    _letter = "c"

    def _table(self, u: Array) -> Array:
        table: Array = np.sqrt(2.0) * harmonics(np.pi * u, self.n)[1]
        table[0] = 1.0
        return table
