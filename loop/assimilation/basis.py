"""What a basis is: named functions of the descriptors, and the prior scale of their coefficients."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from loop.assimilation.arrays import Array, Ints, points
from loop.assimilation.shape import FlatShape, Shape
from loop.errors import CampaignError

_RULE = re.compile(r"order\s*<=\s*(\d+)")


class Basis(ABC):
    """p functions of d descriptors, the constant first.

    Attributes
    ----------
    dim
        Number of descriptors d.
    names
        One name per function, "1" for the constant.
    orders
        Total order of each function; the constant has 0. Rules such as ``"order<=1"`` use it.
    """

    dim: int
    names: tuple[str, ...]
    orders: tuple[int, ...]

    @property
    def size(self) -> int:
        """Number of functions p."""
        return len(self.names)

    @property
    def constant(self) -> int | None:
        """Index of the constant function, None when there is none."""
        return self.names.index("1") if "1" in self.names else None

    @abstractmethod
    def columns(self, X: Array) -> Array:
        """Evaluate function-major: points (n, d) to (p, n)."""

    def design(self, X: ArrayLike) -> Array:
        """Evaluate all functions.

        Parameters
        ----------
        X
            Points (n, d), in the descriptors' units.

        Returns
        -------
        Array
            (n, p).

        Raises
        ------
        DataError
            When X has the wrong shape, is not finite, or lies where the basis is not defined.
        """
        return self.columns(points(X, self.dim)).T

    def shape(self, active: Ints) -> Shape:
        """Return how the prior variance is spread over the active functions (by default evenly)."""
        return FlatShape(len(active))

    def resolve(self, active: str | Sequence[str | int] | None) -> Ints:
        """Turn names, indices or a rule into sorted indices.

        Parameters
        ----------
        active
            Names, indices, ``"order<=k"``, one name, or None for all.

        Raises
        ------
        CampaignError
            For an unknown name, an index out of range, or a rule that is not understood.
        """
        if active is None:
            return np.arange(self.size)
        if isinstance(active, str):
            rule = _RULE.fullmatch(active.strip())
            if rule:
                return np.flatnonzero(np.asarray(self.orders) <= int(rule[1]))
            active = (active,)
        return np.array(sorted({self._index(item) for item in active}), dtype=np.intp)

    def _index(self, item: str | int) -> int:
        if isinstance(item, str):
            if item not in self.names:
                raise CampaignError(f"active function {item!r}: the basis has {', '.join(self.names)}, or 'order<=1'")
            return self.names.index(item)
        if not 0 <= int(item) < self.size:
            raise CampaignError(f"active function {item}: the basis has indices 0 … {self.size - 1}")
        return int(item)
