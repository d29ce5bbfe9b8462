"""Kuz'min's shape law."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from loop.assimilation.arrays import Array
from loop.errors import CampaignError
from loop.magnetism.power import PowerLaw, log_power


@dataclass(frozen=True)
class KuzminLaw(PowerLaw):
    """m(τ) = [1 − s τ^(3/2) − (1 − s) τ^p]^(1/3) (Kuz'min, Phys. Rev. Lett. 94, 107204 (2005)).

    At low temperature Bloch's m ≈ 1 − (s/3) τ^(3/2), near Tc the critical m ≈ [(3s/2 + (1 − s)p)(1 − τ)]^(1/3).
    Coordinates are log s and log(p − 3/2).

    Parameters
    ----------
    s, p
        Shape: 0 < s < p/(p − 3/2), p > 3/2; p = 5/2 but for iron (4). With a prior, its medians.
    s_spread, p_spread
        Prior standard deviations of log s and log(p − 3/2); 0 holds them fixed.

    Raises
    ------
    CampaignError
        Where the law would not fall from 1 to 0.
    """

    s: float = 0.6
    p: float = 2.5
    s_spread: float = 0.5
    p_spread: float = 0.3
    name: str = field(default="kuzmin", init=False, repr=False)
    parameters: tuple[str, ...] = field(default=("s", "p"), init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse a law that does not fall."""
        if not self.p > 1.5 or not 0.0 < self.s < self.p / (self.p - 1.5):
            raise CampaignError(f"Kuz'min's law with s = {self.s}, p = {self.p}: expected p > 3/2, 0 < s < p/(p − 3/2)")
        if not (self.s_spread >= 0.0 and self.p_spread >= 0.0):
            raise CampaignError(f"spreads {self.s_spread} and {self.p_spread}: expected numbers from 0 up")

    @property
    def mean(self) -> Array:  # type: ignore[override]
        """Prior means of log s and log(p − 3/2)."""
        return np.log([self.s, self.p - 1.5])

    @property
    def deviation(self) -> Array:  # type: ignore[override]
        """Prior standard deviations of log s and log(p − 3/2)."""
        return np.array([self.s_spread, self.p_spread])

    def values(self, coordinates: ArrayLike) -> Array:
        """See :class:`~loop.magnetism.law.Law`."""
        return np.asarray(np.exp(np.asarray(coordinates, dtype=np.float64)) + np.array([0.0, 1.5]))

    def _exponent(self, u: Array) -> Array:
        return np.full(u.shape[:-1], 1.0 / 3.0)

    def _inside(self, tau: Array, u: Array) -> Array:
        s, p = _split(self.values(u))
        return np.asarray(1.0 - s * tau**1.5 - (1.0 - s) * tau**p)

    def _inside_slope(self, tau: Array, u: Array) -> Array:
        s, p = _split(self.values(u))
        return np.asarray(-1.5 * s * tau**0.5 - (1.0 - s) * p * tau ** (p - 1.0))

    def _inside_gradient(self, tau: Array, u: Array) -> Array:
        s, p = _split(self.values(u))
        by_s = s * (tau**p - tau**1.5)
        by_p = -(p - 1.5) * (1.0 - s) * log_power(tau, p)
        return np.stack([by_s, by_p], axis=-1)


def _split(values: Array) -> tuple[Array, Array]:
    return values[..., 0], values[..., 1]
