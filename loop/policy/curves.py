"""Curves drawn from what is believed."""

from __future__ import annotations

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
    """

    basis: Basis
    coefficients: Array

    def values(self, X: Array) -> Array:
        """Values (n, s) at the points X (n, d), in chunks."""
        found = np.empty((len(X), len(self.coefficients)))
        for start in range(0, len(X), CHUNK):
            part = slice(start, start + CHUNK)
            found[part] = (self.coefficients @ self.basis.columns(X[part])).T
        return found
