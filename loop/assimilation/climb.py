"""Climbing to one maximum with bounds, for the maximum of the likelihood."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.optimize import minimize

from loop.assimilation.arrays import Array

Objective = Callable[[Array], tuple[float, Array]]


def climb(objective: Objective, start: Array, bounds: tuple[Array, Array]) -> tuple[Array, float]:
    """Maximize by L-BFGS-B from one start.

    Parameters
    ----------
    objective
        Value and gradient.
    start
        (size,).
    bounds
        Lowest and highest values (size,).

    Returns
    -------
    tuple
        Where and the value.
    """

    def negative(theta: Array) -> tuple[float, Array]:
        value, slope = objective(theta)
        return (-value, -slope) if np.isfinite(value) else (1e300, np.zeros_like(theta))

    options: Any = {"gtol": 1e-8, "ftol": 1e-15, "maxiter": 1000, "maxcor": 20}
    limits: Any = np.column_stack(bounds)
    first = np.clip(start, *bounds)
    found = minimize(negative, first, jac=True, method="L-BFGS-B", bounds=limits, options=options)
    return np.asarray(found.x), -float(found.fun)
