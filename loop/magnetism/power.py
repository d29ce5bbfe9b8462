"""Laws of the form m = A(τ)^β."""

from __future__ import annotations

from abc import abstractmethod

import numpy as np

from loop.assimilation.arrays import Array
from loop.magnetism.law import Law

TINY = 1e-300
"""What A is at least, so that it can be raised to negative powers."""


class PowerLaw(Law):
    """m(τ) = A(τ)^β with A(0) = 1 and A(1) = 0."""

    @abstractmethod
    def _exponent(self, u: Array) -> Array:
        """β (…)."""

    @abstractmethod
    def _inside(self, tau: Array, u: Array) -> Array:
        """A (…)."""

    @abstractmethod
    def _inside_slope(self, tau: Array, u: Array) -> Array:
        """dA/dτ (…)."""

    @abstractmethod
    def _inside_gradient(self, tau: Array, u: Array) -> Array:
        """∂A/∂u at constant β (…, k)."""

    def _exponent_gradient(self, u: Array) -> Array:
        """∂β/∂u (…, k)."""
        return np.zeros(u.shape)

    def _reduced(self, tau: Array, u: Array) -> Array:
        return np.asarray(np.maximum(self._inside(tau, u), 0.0) ** self._exponent(u))

    def _slope(self, tau: Array, u: Array) -> Array:
        return self._power_slope(tau, u) * self._inside_slope(tau, u)

    def _gradient(self, tau: Array, u: Array) -> Array:
        A = np.maximum(self._inside(tau, u), TINY)
        by_exponent = (A ** self._exponent(u) * np.log(A))[..., None] * self._exponent_gradient(u)
        return np.asarray(self._power_slope(tau, u)[..., None] * self._inside_gradient(tau, u) + by_exponent)

    def _power_slope(self, tau: Array, u: Array) -> Array:
        """β A^(β−1)."""
        beta = self._exponent(u)
        return np.asarray(beta * np.maximum(self._inside(tau, u), TINY) ** (beta - 1.0))


def log_power(tau: Array, exponent: Array) -> Array:
    """τ^e · log τ, 0 at τ = 0."""
    return np.asarray(tau**exponent * np.log(np.where(tau > 0.0, tau, 1.0)))
