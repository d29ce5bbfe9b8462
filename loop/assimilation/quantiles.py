"""Quantiles of Gaussian mixtures by inverting their distribution function."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr

from loop.assimilation.arrays import Array
from loop.errors import DataError

STEPS = 60
"""Most Newton or bisection steps; about eight are needed."""


def mixture_quantiles(weights: Array, means: Array, deviations: Array, levels: Sequence[float]) -> Array:
    """Invert the distribution function of n mixtures.

    Parameters
    ----------
    weights
        (k,), normalized.
    means, deviations
        (k, n).
    levels
        Probabilities strictly between 0 and 1.

    Returns
    -------
    Array
        (n, len(levels)).

    Raises
    ------
    DataError
        When a level is not strictly between 0 and 1.
    """
    if not all(0.0 < level < 1.0 for level in levels):
        raise DataError(f"quantiles {tuple(levels)}: expected probabilities strictly between 0 and 1")
    safe = np.maximum(deviations, 1e-300)
    return np.column_stack([_invert(weights, means, safe, float(level)) for level in levels])


def _invert(weights: Array, means: Array, deviations: Array, level: float) -> Array:
    low, high = _bracket(weights, means, deviations)
    x = np.asarray(weights @ means)
    tolerance = 1e-10 * deviations.min(axis=0)
    for _ in range(STEPS):
        z = (x - means) / deviations
        excess = weights @ ndtr(z) - level
        low, high = np.where(excess < 0, x, low), np.where(excess < 0, high, x)
        density = weights @ (np.exp(-0.5 * np.minimum(z**2, 1400.0)) / deviations) / np.sqrt(2.0 * np.pi)
        step = np.divide(excess, density, out=np.full_like(x, np.inf), where=density > 0)
        proposed = x - step
        inside = (proposed > low) & (proposed < high)
        new = np.where(inside, proposed, 0.5 * (low + high))
        settled = np.all(np.abs(new - x) <= tolerance)
        x = new
        if settled:
            break
    return x


def _bracket(weights: Array, means: Array, deviations: Array) -> tuple[Array, Array]:
    """Bounds beyond nine deviations of every component that has weight."""
    kept = weights > 0
    reach = 9.0 * deviations[kept]
    return np.asarray((means[kept] - reach).min(axis=0)), np.asarray((means[kept] + reach).max(axis=0))
