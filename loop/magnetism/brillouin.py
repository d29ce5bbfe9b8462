"""The mean-field law: Brillouin's function, solved for itself."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from loop.assimilation.arrays import Array
from loop.errors import CampaignError
from loop.magnetism.law import Law

STEPS = 60
"""Bisections: the last bit of m."""
NEAR = 0.05
"""Where series take over from differences that cancel."""
COLD = 1e-3
"""τ below which m is 1 to the last bit for the smallest moments."""


@dataclass(frozen=True)
class BrillouinLaw(Law):
    """m = B_J(3J/(J + 1) · m/τ), Weiss' mean field. J is given, nothing is learned.

    Parameters
    ----------
    J
        Angular momentum: a positive multiple of ½.

    Raises
    ------
    CampaignError
        Where J is no such number.
    """

    J: float = 0.5
    name: str = field(default="brillouin", init=False, repr=False)
    parameters: tuple[str, ...] = field(default=(), init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no angular momentum."""
        if not (0.0 < self.J < np.inf and float(2.0 * self.J).is_integer()):
            raise CampaignError(f"Brillouin's law with J = {self.J}: expected ½, 1, 3/2, …")

    @property
    def mean(self) -> Array:  # type: ignore[override]
        """Nothing is learned."""
        return np.empty(0)

    @property
    def deviation(self) -> Array:  # type: ignore[override]
        """Nothing is learned."""
        return np.empty(0)

    def values(self, coordinates: ArrayLike) -> Array:
        """See :class:`~loop.magnetism.law.Law`."""
        return np.asarray(coordinates, dtype=np.float64)

    def function(self, x: ArrayLike) -> Array:
        """Brillouin's function B_J(x), x ≥ 0."""
        return _langevin_like(np.asarray(x, dtype=np.float64), *self._weights)

    @property
    def _weights(self) -> tuple[float, float]:
        """Return a and b of B = a coth(a x) − b coth(b x)."""
        return (2.0 * self.J + 1.0) / (2.0 * self.J), 1.0 / (2.0 * self.J)

    @property
    def _field(self) -> float:
        """3J/(J + 1)."""
        return 3.0 * self.J / (self.J + 1.0)

    def _reduced(self, tau: Array, u: Array) -> Array:  # noqa: ARG002
        safe = np.maximum(tau, COLD)
        low, high = np.zeros(tau.shape), np.ones(tau.shape)
        for _ in range(STEPS):
            middle = 0.5 * (low + high)
            above = self.function(self._field * middle / safe) > middle
            low, high = np.where(above, middle, low), np.where(above, high, middle)
        return np.asarray(np.where(tau > 0.0, 0.5 * (low + high), 1.0))

    def _slope(self, tau: Array, u: Array) -> Array:
        """By differentiating the condition: m' = −x B'/τ / (1 − (x/m) B')."""
        m = self._reduced(tau, u)
        safe = np.maximum(tau, COLD)
        x = self._field * m / safe
        steep = _langevin_like_slope(x, *self._weights)
        return np.asarray(-x * steep / safe / np.maximum(1.0 - self._field / safe * steep, 1e-300)) * (tau > 0.0)

    def _gradient(self, tau: Array, u: Array) -> Array:  # noqa: ARG002
        return np.zeros((*tau.shape, 0))


def _coth_less_inverse(y: Array) -> Array:
    """Evaluate coth y − 1/y without cancellation, y ≥ 0."""
    large, small = np.maximum(y, NEAR), np.minimum(y, NEAR)
    series = small / 3.0 - small**3 / 45.0 + 2.0 * small**5 / 945.0
    return np.where(y > NEAR, 1.0 / np.tanh(large) - 1.0 / large, series)


def _coth_less_inverse_slope(y: Array) -> Array:
    large, small = np.maximum(y, NEAR), np.minimum(y, NEAR)
    far = large**-2.0 - np.sinh(np.minimum(large, 300.0)) ** -2.0
    return np.where(y > NEAR, far, 1.0 / 3.0 - small**2 / 15.0 + 2.0 * small**4 / 189.0)


def _langevin_like(x: Array, a: float, b: float) -> Array:
    return np.asarray(a * _coth_less_inverse(a * x) - b * _coth_less_inverse(b * x))


def _langevin_like_slope(x: Array, a: float, b: float) -> Array:
    return np.asarray(a**2 * _coth_less_inverse_slope(a * x) - b**2 * _coth_less_inverse_slope(b * x))
