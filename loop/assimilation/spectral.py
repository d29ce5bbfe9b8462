"""Spectral densities of stationary kernels as prior variances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from loop.assimilation.arrays import Array
from loop.errors import CampaignError

SMOOTHNESS = {"matern12": 0.5, "matern32": 1.5, "matern52": 2.5, "rbf": np.inf}
"""Order ν of each kernel."""
RESOLUTION = {"matern12": 5.0, "matern32": 3.42, "matern52": 2.65, "rbf": 1.75}
"""Riutort-Mayol et al., Stat. Comput. 33, 17 (2023): ℓ ≥ RESOLUTION · margin / m is resolved, in half sides of the box.
The value of matern12, not studied there, is a rougher one."""


@dataclass(frozen=True)
class SpectralShape:
    """Variance S(ω; ℓ) for eigenfunctions of frequency ω, unit amplitude (Solin & Särkkä 2020, eq. 56).

    The length scale is ℓ = shortest + exp(u), u ~ N(mean, deviation²): scales that the basis cannot resolve
    do not exist.

    Parameters
    ----------
    frequencies
        ω (a,), in inverse half sides of the box; 0 for the constant, whose variance is not of this kind.
    dim
        Number of descriptors.
    kernel
        "matern12", "matern32", "matern52" or "rbf".
    shortest
        Shortest length scale, in half sides.
    centre, width
        Prior mean and standard deviation of u.
    """

    frequencies: Array
    dim: int
    kernel: str
    shortest: float
    centre: float = -0.5
    width: float = 0.8

    def __post_init__(self) -> None:
        """Refuse an unknown kernel."""
        if self.kernel not in SMOOTHNESS:
            raise CampaignError(f"kernel {self.kernel!r}: expected one of {', '.join(SMOOTHNESS)}")

    @property
    def mean(self) -> Array:
        """Prior mean of u."""
        return np.array([self.centre])

    @property
    def deviation(self) -> Array:
        """Prior standard deviation of u."""
        return np.array([self.width])

    def log_variance(self, parameters: Array) -> Array:
        """Log spectral density: (t, 1) to (t, a)."""
        length = self._length(parameters)
        nu, half, square = SMOOTHNESS[self.kernel], 0.5 * self.dim, self.frequencies**2
        if np.isinf(nu):
            return np.asarray(half * np.log(2 * np.pi) + self.dim * np.log(length) - 0.5 * length**2 * square)
        constant = self.dim * np.log(2.0) + half * np.log(np.pi) + gammaln(nu + half) - gammaln(nu)
        tail = (nu + half) * np.log(2.0 * nu / length**2 + square)
        return np.asarray(constant + nu * np.log(2.0 * nu) - 2.0 * nu * np.log(length) - tail)

    def slope(self, parameters: Array) -> Array:
        """Differentiate the log density in u: (t, 1) to (t, a, 1)."""
        length = self._length(parameters)
        nu, half, square = SMOOTHNESS[self.kernel], 0.5 * self.dim, self.frequencies**2
        if np.isinf(nu):
            by_log_length = self.dim - length**2 * square
        else:
            ratio = 4.0 * nu / (2.0 * nu + square * length**2)
            by_log_length = -2.0 * nu + (nu + half) * ratio
        return np.asarray((by_log_length * (1.0 - self.shortest / length))[:, :, None])

    def _length(self, parameters: Array) -> Array:
        return np.asarray(self.shortest + np.exp(np.clip(parameters, -30.0, 30.0)))
