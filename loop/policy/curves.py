"""Curves drawn from what is believed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.assimilation import Basis
from loop.assimilation.arrays import Array
from loop.assimilation.collapsed import CHUNK
from loop.policy.worth import Worth


@dataclass(frozen=True)
class Curves:
    """Joint draws of a noise-free target, or of a worth, over the whole space.

    Parameters
    ----------
    basis
        The p functions.
    coefficients
        (T, s, p) of the worth's targets, target units; T = 1 without a worth.
    worth
        What is made of the targets; None is the one target itself.
    """

    basis: Basis
    coefficients: Array
    worth: Worth | None = None

    def values(self, X: Array) -> Array:
        """Values (n, s) at the points X (n, d), in chunks."""
        found = np.empty((len(X), self.coefficients.shape[1]))
        for start in range(0, len(X), CHUNK):
            part = slice(start, start + CHUNK)
            found[part] = self._values(X[part])
        return found

    def _values(self, X: Array) -> Array:
        columns = self.basis.columns(X)
        if self.worth is None:
            return np.asarray((self.coefficients[0] @ columns).T)
        *factors, found = self.worth.at(X)[:, :, None]
        for factor, curves in zip(factors, self.coefficients, strict=True):
            found = found + factor * (curves @ columns).T
        return np.asarray(found)
