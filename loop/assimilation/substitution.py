"""Powers of what is substituted, about the compound in which nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import ArrayLike

from loop.assimilation.arrays import Array
from loop.assimilation.basis import Basis
from loop.assimilation.box import Box
from loop.assimilation.naming import variable_names
from loop.assimilation.tensor import Index, join, outer_columns


class SubstitutionBasis(Basis):
    """Powers of shares, counted from the lower corner of the box; some substitutions are expected to do less.

    All functions but the constant are zero at the corner, so that nothing learned of the constant speaks for a
    substitution that was never made: there the prior says "no change". With functions that are orthonormal on the box
    an offset at its edge is shared out among the constant and all slopes.

    Parameters
    ----------
    dim
        Number of descriptors.
    degree
        Highest total degree of the strong ones.
    bounds
        (dim, 2); None is the unit box.
    variables
        Names of the descriptors; None is x0, x1, …
    weak
        Columns of the weak ones: they enter linearly, and multiplied with one strong one.
    weight
        Size of a weak one's functions, that is, of its prior standard deviation against a strong one's; its products
        are smaller than itself by the same factor once more.
    """

    def __init__(
        self,
        dim: int,
        degree: int,
        bounds: ArrayLike | None = None,
        variables: Sequence[str] | None = None,
        *,
        weak: Sequence[int] = (),
        weight: float = 0.2,
    ) -> None:
        self.dim, self.degree, self.box = dim, degree, Box.of(dim, bounds)
        self.variables, self.weak, self.weight = variable_names(dim, variables), tuple(weak), weight
        self._indices = _indices(dim, degree, frozenset(weak))
        self.orders = tuple(sum(index) for index in self._indices)
        self.names = tuple(self._name(index) for index in self._indices)

    def columns(self, X: Array) -> Array:
        """Evaluate function-major: points (n, d) to (p, n)."""
        tables = [np.vander(u, self.degree + 1, increasing=True).T for u in self.box.unit(X)]
        for column in self.weak:
            tables[column][1:] *= self.weight
        return outer_columns(tables, self._indices) * self._heredity[:, None]

    @property
    def _heredity(self) -> Array:
        """What a weak one's products are multiplied with besides (p,): an interaction is smaller than its parent."""
        mixed = [sum(index) > 1 and any(index[column] for column in self.weak) for index in self._indices]
        return np.where(mixed, self.weight, 1.0)

    def _name(self, index: Index) -> str:
        powers = zip(self.variables, index, strict=True)
        return join(["1" if k == 0 else v if k == 1 else f"{v}^{k}" for v, k in powers])


def _indices(dim: int, degree: int, weak: frozenset[int]) -> tuple[Index, ...]:
    def belongs(index: Index) -> bool:
        own = sum(k for column, k in enumerate(index) if column in weak)
        return sum(index) <= degree if own == 0 else own == 1 and sum(index) <= min(2, degree)

    found = (index for index in product(range(degree + 1), repeat=dim) if belongs(index))
    return tuple(sorted(found, key=lambda index: (sum(index), tuple(-k for k in index))))
