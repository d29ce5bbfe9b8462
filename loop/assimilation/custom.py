"""Bases made by the user: own functions, and products of other bases."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from loop.assimilation.arrays import Array
from loop.assimilation.basis import Basis
from loop.assimilation.tensor import full_grid, join, outer_columns
from loop.errors import CampaignError, DataError


class FunctionBasis(Basis):
    """Functions given by name, for example ``{"1": lambda X: 1.0, "x": lambda X: X[:, 0]}``.

    Parameters
    ----------
    dim
        Number of descriptors.
    functions
        Name → function of points (n, d) that returns (n,). Name the constant "1": it stands first, and
        offsets of the targets are then exact. Bring the others to order one: one prior variance serves all.
    orders
        Total order per name for rules; default 0 for the constant and 1 for the others.
    """

    def __init__(
        self, dim: int, functions: Mapping[str, Callable[[Array], object]], orders: Mapping[str, int] | None = None
    ) -> None:
        if not functions:
            raise CampaignError("a basis needs at least one function")
        self.dim = dim
        self.names = tuple(sorted(functions, key=lambda name: name != "1"))
        self._functions = tuple(functions[name] for name in self.names)
        given = dict(orders or {})
        self.orders = tuple(given.get(name, int(name != "1")) for name in self.names)

    def columns(self, X: Array) -> Array:
        """Evaluate function-major: points (n, d) to (p, n).

        Raises
        ------
        DataError
            When a function returns a wrong shape or a value that is not finite.
        """
        columns = np.empty((self.size, len(X)))
        for name, function, row in zip(self.names, self._functions, columns, strict=True):
            values = np.asarray(function(X), dtype=np.float64)
            if values.shape not in ((), (len(X),)) or not np.isfinite(values).all():
                raise DataError(f"basis function {name!r}: shape {values.shape} or values that are not finite")
            row[:] = values
        if "1" in self.names and not np.all(columns[self.names.index("1")] == 1.0):
            raise DataError('basis function "1" must be one everywhere')
        return columns


class ProductBasis(Basis):
    """Products of bases of different descriptors, with a cross-term rule.

    Parameters
    ----------
    factors
        Bases; give them different variable names.
    max_order
        Keep products whose orders sum to at most this; None keeps all.
    descriptors
        Positions of the descriptors of each factor; None gives them consecutive ones.

    Raises
    ------
    CampaignError
        Where names repeat, or the descriptors are not those of the factors.
    """

    def __init__(
        self,
        factors: Sequence[Basis],
        max_order: int | None = None,
        descriptors: Sequence[Sequence[int]] | None = None,
    ) -> None:
        self.factors = tuple(factors)
        self.dim = sum(factor.dim for factor in self.factors)
        self._descriptors = _descriptors(self.factors, descriptors)
        grid = full_grid([factor.size for factor in self.factors])
        orders = {index: sum(f.orders[k] for f, k in zip(self.factors, index, strict=True)) for index in grid}
        self._indices = tuple(index for index in grid if max_order is None or orders[index] <= max_order)
        self.orders = tuple(orders[index] for index in self._indices)
        self.names = tuple(self._name(index) for index in self._indices)
        if len(set(self.names)) != len(self.names):
            raise CampaignError("the factors of a product need different variable names")

    def columns(self, X: Array) -> Array:
        """Evaluate function-major: points (n, d) to (p, n)."""
        tables = [f.columns(X[:, own]) for f, own in zip(self.factors, self._descriptors, strict=True)]
        return outer_columns(tables, self._indices)

    def _name(self, index: tuple[int, ...]) -> str:
        return join([factor.names[k] for factor, k in zip(self.factors, index, strict=True)])


def _descriptors(factors: Sequence[Basis], given: Sequence[Sequence[int]] | None) -> list[list[int]]:
    ends = np.cumsum([factor.dim for factor in factors]).tolist()
    consecutive = [[*range(end - factor.dim, end)] for factor, end in zip(factors, ends, strict=True)]
    found = consecutive if given is None else [[*map(int, each)] for each in given]
    everything = sorted(position for each in found for position in each)
    if [*map(len, found)] != [*map(len, consecutive)] or everything != [*range(ends[-1] if ends else 0)]:
        raise CampaignError(f"descriptors {given}: expected each of 0 … {ends[-1] - 1} in one factor of its size")
    return found
