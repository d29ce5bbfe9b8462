"""How a prior variance is spread over the coefficients of one target, up to one overall scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from loop.assimilation.arrays import Array


class Shape(Protocol):
    """Log variance of each coefficient as a function of k unbounded, a priori normal shape parameters."""

    @property
    def mean(self) -> Array:
        """Prior means (k,) of the shape parameters."""

    @property
    def deviation(self) -> Array:
        """Prior standard deviations (k,) of the shape parameters."""

    def log_variance(self, parameters: Array) -> Array:
        """Map (t, k) to (t, a)."""

    def slope(self, parameters: Array) -> Array:
        """Differentiate the log variance: (t, k) to (t, a, k)."""


@dataclass(frozen=True)
class FlatShape:
    """The same variance for every function: right for an orthonormal basis.

    Parameters
    ----------
    size
        Number of functions a.
    """

    size: int

    @property
    def mean(self) -> Array:
        """No parameter."""
        return np.empty(0)

    @property
    def deviation(self) -> Array:
        """No parameter."""
        return np.empty(0)

    def log_variance(self, parameters: Array) -> Array:
        """Return zeros (t, a)."""
        return np.zeros((len(parameters), self.size))

    def slope(self, parameters: Array) -> Array:
        """Return an empty (t, a, 0)."""
        return np.empty((len(parameters), self.size, 0))
