"""The molecular field's M(T) in a field: what the bias of a method is measured on."""

from __future__ import annotations

import numpy as np
from scipy import constants

from adapters.magnetometry.measurement import Array

MOMENT = 2.0
"""Moment of the model's atoms in μB (spin 1, g = 2), close to that of iron."""

_HALVINGS = 60
_MU_B = constants.physical_constants["Bohr magneton"][0]


def mean_field_magnetization(temperature: Array, curie: float, field: Array | float) -> Array:
    """Reduced magnetization of spins 1 in a molecular field.

    Parameters
    ----------
    temperature
        In K, (n,), positive.
    curie
        Curie temperature in K.
    field
        Applied field in A/m, one or (n,), not negative.

    Returns
    -------
    numpy.ndarray
        (n,), between 0 and 1: ``m = B₁((3/2)·m/τ + h/τ)`` with the Brillouin function B₁, τ = T/Tc and
        h = μμ₀H/(k_B Tc). Weiss's model; J. M. D. Coey, Magnetism and Magnetic Materials (2010), chapter 5.1.
    """
    tau = np.asarray(temperature, dtype=float) / curie
    h = MOMENT * _MU_B * constants.mu_0 * np.asarray(field) / (constants.k * curie)
    tau, h = np.broadcast_arrays(tau, h)
    low, high = np.full(tau.shape, 1e-9), np.ones(tau.shape)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        above = _brillouin((1.5 * middle + h) / tau) > middle
        low, high = np.where(above, middle, low), np.where(above, high, middle)
    return 0.5 * (low + high)


def _brillouin(y: Array) -> Array:
    """B₁(y) = 2 sinh y / (1 + 2 cosh y), without overflow."""
    decay = np.exp(-y)
    return np.asarray((1 - decay**2) / (1 + decay + decay**2))
