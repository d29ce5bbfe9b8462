"""What a law of magnetization against temperature is."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import ArrayLike

from loop.assimilation.arrays import Array
from loop.errors import DataError


class Law(ABC):
    """A ferromagnet's reduced magnetization m(τ) = M(T)/M(0) against τ = T/Tc, with k shape parameters.

    Shape parameters are given by k unbounded *coordinates* (such as log s), a priori normal, so that they can be
    learned; every law holds m(0) = 1, m = 0 from τ = 1 on, and falls in between.

    Attributes
    ----------
    name
        What campaign files call it.
    parameters
        Names of the k shape parameters.
    mean, deviation
        Prior mean and standard deviation (k,) of the coordinates. A deviation of 0 holds a parameter fixed.
    """

    name: str
    parameters: tuple[str, ...]
    mean: Array
    deviation: Array

    def reduced(self, tau: ArrayLike, coordinates: ArrayLike | None = None) -> Array:
        """Reduced magnetization m.

        Parameters
        ----------
        tau
            T/Tc ≥ 0, any shape.
        coordinates
            (…, k), broadcast with ``tau`` (…); None takes the prior means.

        Returns
        -------
        Array
            m, 1 at τ = 0 and 0 from τ = 1 on.

        Raises
        ------
        DataError
            Where τ is negative or not a number.
        """
        t, u = self._below(tau, coordinates)
        return np.where(np.asarray(tau) < 1.0, self._reduced(t, u), 0.0)

    def slope(self, tau: ArrayLike, coordinates: ArrayLike | None = None) -> Array:
        """Derivative dm/dτ; 0 from τ = 1 on, and without bound just below where the law is steep there.

        Parameters, returns and raises are those of :meth:`reduced`.
        """
        t, u = self._below(tau, coordinates)
        return np.where(np.asarray(tau) < 1.0, self._slope(t, u), 0.0)

    def gradient(self, tau: ArrayLike, coordinates: ArrayLike | None = None) -> Array:
        """Derivatives of m by the coordinates, (…, k); 0 at τ = 0 and from τ = 1 on."""
        t, u = self._below(tau, coordinates)
        return np.where(np.asarray(tau)[..., None] < 1.0, self._gradient(t, u), 0.0)

    @abstractmethod
    def values(self, coordinates: ArrayLike) -> Array:
        """Shape parameters (…, k) of coordinates (…, k)."""

    @abstractmethod
    def _reduced(self, tau: Array, u: Array) -> Array:
        """Evaluate m below τ = 1."""

    @abstractmethod
    def _slope(self, tau: Array, u: Array) -> Array:
        """Differentiate m by τ below τ = 1."""

    @abstractmethod
    def _gradient(self, tau: Array, u: Array) -> Array:
        """Differentiate m by the coordinates below τ = 1."""

    def _below(self, tau: ArrayLike, coordinates: ArrayLike | None) -> tuple[Array, Array]:
        """Return τ, 0 where it is 1 or more, and coordinates, broadcast together."""
        t = np.asarray(tau, dtype=np.float64)
        if not np.all(t >= 0.0):
            raise DataError(f"T/Tc = {t[~(t >= 0.0)].ravel()[0]}: expected a number from 0 up")
        u = np.asarray(self.mean if coordinates is None else coordinates, dtype=np.float64)
        shape = np.broadcast_shapes(t.shape, u.shape[:-1])
        return np.broadcast_to(np.where(t < 1.0, t, 0.0), shape), np.broadcast_to(u, (*shape, u.shape[-1]))
