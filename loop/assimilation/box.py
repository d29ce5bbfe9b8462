"""The box of descriptors on which a basis is defined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from loop.assimilation.arrays import Array
from loop.errors import DataError


@dataclass(frozen=True)
class Box:
    """A frozen box, never taken from data.

    Parameters
    ----------
    lower, upper
        One bound per descriptor, in the descriptor's unit.
    """

    lower: tuple[float, ...]
    upper: tuple[float, ...]

    def __post_init__(self) -> None:
        """Refuse empty or unbounded sides."""
        sides = np.subtract(self.upper, self.lower)
        if not (np.all(np.isfinite(sides)) and np.all(sides > 0)):
            raise DataError(f"bounds {self.lower} … {self.upper}: every side needs a finite lower < upper")

    @classmethod
    def of(cls, dim: int, bounds: ArrayLike | None) -> Box:
        """Read ``bounds`` (dim, 2) as rows of lower and upper; ``None`` is the unit box.

        Raises
        ------
        DataError
            When the shape is not (dim, 2) or a side is empty.
        """
        if bounds is None:
            return cls((0.0,) * dim, (1.0,) * dim)
        pairs = np.asarray(bounds, dtype=np.float64)
        if pairs.shape == (2,) and dim == 1:
            pairs = pairs[None]
        if pairs.shape != (dim, 2):
            raise DataError(f"bounds have shape {pairs.shape}, expected ({dim}, 2): one (lower, upper) per descriptor")
        return cls(tuple(map(float, pairs[:, 0])), tuple(map(float, pairs[:, 1])))

    def unit(self, X: Array) -> Array:
        """Map points (n, d) to the unit box, function-major: (d, n)."""
        low = np.asarray(self.lower)[:, None]
        side = np.subtract(self.upper, self.lower)[:, None]
        return np.asarray((X.T - low) / side)
