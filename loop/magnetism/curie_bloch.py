"""The Curie–Bloch law: Bloch's power at low temperature joined to a critical exponent."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike

from loop.assimilation.arrays import Array
from loop.errors import CampaignError
from loop.magnetism.power import PowerLaw, log_power


@dataclass(frozen=True)
class CurieBlochLaw(PowerLaw):
    """m(τ) = (1 − τ^α)^β (Evans, Atxitia & Chantrell, Phys. Rev. B 91, 144425 (2015)).

    α = 3/2 is Bloch's law at low temperature, with a prefactor that the form fixes at β; β is the critical exponent.
    Coordinates are log α and log β.

    Parameters
    ----------
    alpha, beta
        Shape, positive. With a prior, its medians.
    alpha_spread, beta_spread
        Prior standard deviations of log α and log β; 0 holds them fixed.

    Raises
    ------
    CampaignError
        Where an exponent is not positive.
    """

    alpha: float = 1.5
    beta: float = 0.34
    alpha_spread: float = 0.2
    beta_spread: float = 0.2
    name: str = field(default="curie-bloch", init=False, repr=False)
    parameters: tuple[str, ...] = field(default=("alpha", "beta"), init=False, repr=False)

    def __post_init__(self) -> None:
        """Refuse what is no law."""
        if not (self.alpha > 0.0 and self.beta > 0.0 and self.alpha_spread >= 0.0 and self.beta_spread >= 0.0):
            raise CampaignError(f"{self}: expected positive exponents and spreads from 0 up")

    @property
    def mean(self) -> Array:  # type: ignore[override]
        """Prior means of log α and log β."""
        return np.log([self.alpha, self.beta])

    @property
    def deviation(self) -> Array:  # type: ignore[override]
        """Prior standard deviations of log α and log β."""
        return np.array([self.alpha_spread, self.beta_spread])

    def values(self, coordinates: ArrayLike) -> Array:
        """See :class:`~loop.magnetism.law.Law`."""
        return np.exp(np.asarray(coordinates, dtype=np.float64))

    def _exponent(self, u: Array) -> Array:
        return np.asarray(np.exp(u[..., 1]))

    def _exponent_gradient(self, u: Array) -> Array:
        return np.stack([np.zeros(u.shape[:-1]), np.exp(u[..., 1])], axis=-1)

    def _inside(self, tau: Array, u: Array) -> Array:
        return np.asarray(1.0 - tau ** np.exp(u[..., 0]))

    def _inside_slope(self, tau: Array, u: Array) -> Array:
        alpha = np.exp(u[..., 0])
        return np.asarray(-alpha * np.where(tau > 0.0, tau, 1.0) ** (alpha - 1.0) * (tau > 0.0))

    def _inside_gradient(self, tau: Array, u: Array) -> Array:
        alpha = np.exp(u[..., 0])
        return np.stack([-alpha * log_power(tau, alpha), np.zeros(tau.shape)], axis=-1)
