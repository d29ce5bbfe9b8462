"""Curves drawn from what is believed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from loop.assimilation import Basis
from loop.assimilation.arrays import Array
from loop.assimilation.collapsed import CHUNK


@dataclass(frozen=True)
class Curves:
    """Joint draws of a noise-free target over the whole space.

    Parameters
    ----------
    basis
        The p functions.
    coefficients
        (s, p), target units.
    factors
        Function from points (n, d) to factors (n,) of the values, or to None.
    """

    basis: Basis
    coefficients: Array
    factors: Callable[[Array], Array | None] = lambda _: None

    def values(self, X: Array) -> Array:
        """Values (n, s) at the points X (n, d), in chunks."""
        found = np.empty((len(X), len(self.coefficients)))
        for start in range(0, len(X), CHUNK):
            part = slice(start, start + CHUNK)
            found[part] = (self.coefficients @ self.basis.columns(X[part])).T
        factors = self.factors(X)
        return found if factors is None else found * factors[:, None]
