"""Innovations: how far values lie from what the others foretell, in standard deviations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loop.innovation.forecast import Array, Bools, Forecast
from loop.innovation.reading import Reading

_LARGEST_SHARE = 0.95
"""Of its own prediction: beyond it a value has nothing to be held against, and the formula magnifies rounding."""

_TINY = 1e-100
_NEGLIGIBLE = 1e-6
"""Relative difference that is no mistake, however exactly everything else fits."""


def innovations(readings: Sequence[Reading], forecast: Forecast, is_learned: Bools) -> Array:
    """Standardized differences, each as if its own value had not been learned from.

    Parameters
    ----------
    readings
        n of them.
    forecast
        For them.
    is_learned
        Which of them the model has seen, shape (n,).

    Returns
    -------
    Array
        z of shape (n,).

    Notes
    -----
    For a linear Gaussian model a value with noise variance r, whose prediction has the variance v after it was learned,
    has the share l = v/r in it. Without it the residual would be e/(1 − l) and its variance r/(1 − l), so that
    z = e/√(r(1 − l)) (Cook and Weisberg, Residuals and Influence in Regression, 1982, ch. 2). With θ integrated
    this is an approximation: what it puts aside is judged again by a model that has not seen it.
    """
    stated = np.array([reading.uncertainty or 0.0 for reading in readings])
    floor = _NEGLIGIBLE * np.abs(forecast.mean) + _TINY
    noise = np.maximum(forecast.scatter**2 + stated**2, floor**2)
    error = np.array([reading.value for reading in readings]) - forecast.mean
    variance = forecast.deviation**2
    share = np.minimum(variance / noise, _LARGEST_SHARE)
    return np.asarray(error / np.sqrt(np.where(is_learned, noise * (1.0 - share), noise + variance)))
