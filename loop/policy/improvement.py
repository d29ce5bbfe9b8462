"""Logarithms of expected improvements that stay finite where the improvements themselves vanish."""

from __future__ import annotations

import numpy as np
from scipy.special import erfcx, logsumexp, ndtr

from loop.assimilation.arrays import Array

_FAR = 1e150
_HALF_LOG_2PI = 0.5 * float(np.log(2.0 * np.pi))


def log_h(z: Array) -> Array:
    """Return log E(z + ε)⁺ for standard normal ε, that is log(φ(z) + z Φ(z)), of any shape.

    For z below −1: φ(z) (1 − √(π/2) |z| erfcx(|z|/√2)), by the asymptotic series where that cancels (Ament et al.,
    NeurIPS 2023, arXiv:2310.20708).
    """
    z = np.clip(z, -_FAR, _FAR)
    out = np.empty_like(z)
    near, far = z > -1.0, z < -200.0
    out[near] = np.log(np.exp(-0.5 * z[near] ** 2) / np.sqrt(2.0 * np.pi) + z[near] * ndtr(z[near]))
    middle = ~near & ~far
    a = -z[middle]
    out[middle] = -0.5 * a**2 - _HALF_LOG_2PI + np.log1p(-np.sqrt(0.5 * np.pi) * a * erfcx(a / np.sqrt(2.0)))
    a = -z[far]
    out[far] = -0.5 * a**2 - _HALF_LOG_2PI - 2.0 * np.log(a) + np.log1p(-3.0 / a**2)
    return out


def log_improvement(weights: Array, mean: Array, deviation: Array, incumbent: float) -> Array:
    """Return log E(y − incumbent)⁺ of n mixtures of k normals.

    The improvement of a mixture is the weighted sum of those of its components.

    Parameters
    ----------
    weights
        (k,), normalized.
    mean, deviation
        (k, n).
    incumbent
        What is to be exceeded, in the unit of the mean.
    """
    safe = np.maximum(deviation, 1e-150)
    logs = np.log(safe) + log_h((mean - incumbent) / safe)
    return np.asarray(logsumexp(logs, axis=0, b=weights[:, None]))


def log_closeness(weights: Array, distance: Array, deviation: Array, incumbent: float) -> Array:
    """Return log E(b − |y|)⁺ of n mixtures of k normals: the improvement on a distance from the value to be hit.

    Parameters
    ----------
    weights
        (k,), normalized.
    distance, deviation
        Means of y, whatever their sign, and deviations (k, n).
    incumbent
        The distance b ≥ 0 that is to be undercut.

    Notes
    -----
    (b − |y|)⁺ = (y + b)⁺ − 2 y⁺ + (y − b)⁺, evaluated on the side where all three are small. Where b is small on the
    scale of the density they cancel, and the expectation is b² times the density.
    """
    safe = np.maximum(deviation, 1e-150)
    z, b = np.clip(np.abs(distance) / safe, 0.0, _FAR), min(incumbent, _FAR) / safe
    outer = log_h(b - z)
    ratio = 2.0 * np.exp(log_h(-z) - outer) - np.exp(log_h(-z - b) - outer)
    broad = outer + np.log1p(-np.minimum(ratio, 1.0 - 1e-15))
    with np.errstate(divide="ignore"):
        narrow = 2.0 * np.log(b) - 0.5 * z**2 - _HALF_LOG_2PI
    logs = np.log(safe) + np.where(b * (1.0 + z) < 1e-3, narrow, broad)
    return np.asarray(logsumexp(logs, axis=0, b=weights[:, None]))


def bound(mean: Array, deviation: Array) -> Array:
    """Largest E(y)⁺ of any distribution with this mean and deviation (Scarf 1958), of any shape."""
    return np.asarray(0.5 * (np.hypot(mean, deviation) + mean))
