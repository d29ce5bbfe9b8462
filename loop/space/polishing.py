"""The best candidates moved to the nearest local optimum, within the constraints."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from loop.space.completion import Completion
from loop.space.constraint import Cardinality
from loop.space.polytope import Polytope
from loop.space.space import Space

Score = Callable[[np.ndarray], np.ndarray]
"""From points (n, d) to what is to be large, (n,)."""


def polish(space: Space, score: Score, x0: np.ndarray, *, steps: int = 50) -> np.ndarray:
    """Improve points by sequential quadratic programming; what has steps, or is zero by cardinality, stays.

    Parameters
    ----------
    space
        The design space.
    score
        What is to be large: vectorized and smooth.
    x0
        Allowed points to start from, (n, d).
    steps
        Most iterations for each point.

    Returns
    -------
    np.ndarray
        Shape (n, d); every point is allowed and scores at least what it scored before.
    """
    return np.array([_polished(space, score, x, steps) for x in np.asarray(x0, dtype=float)]).reshape(np.shape(x0))


def _short(x: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Numbers that a person can read: five digits of each variable's range."""
    unit = 10.0 ** np.floor(np.log10(width) - 5)
    return np.asarray(np.round(x / unit) * unit)


def _polished(space: Space, score: Score, x: np.ndarray, steps: int) -> np.ndarray:
    shape, width = Polytope.of(space), space.bounds[:, 1] - space.bounds[:, 0]
    free = np.array([variable.step is None for variable in space.variables])
    for each in space.constraints:
        if isinstance(each, Cardinality):
            free[[column for column in each.columns if abs(x[column]) <= each.tolerance]] = False
    if not free.any():
        return x
    before = float(score(x[None])[0])
    probes = np.where(free, np.vstack([space.bounds.T, space.bounds.mean(axis=1)]), x)
    scale = float(np.abs(score(probes) - before).max()) or 1.0

    def point(u: np.ndarray) -> np.ndarray:
        out = x.copy()
        out[free] = u * width[free]
        return out

    from scipy.optimize import LinearConstraint, minimize  # half a second to import: most cycles need none of it

    held = np.where(free, 0.0, x)
    linear = [
        LinearConstraint(M[:, free] * width[free], m - M @ held - slack, m - M @ held)
        for slack, M, m in ((np.inf, shape.A, shape.b), (0.0, shape.E, shape.e))
        if len(M)
    ]
    bounds = [(low, high) for low, high in (space.bounds[free] / width[free, None]).tolist()]

    def loss(u: np.ndarray) -> float:
        return (before - float(score(point(u)[None])[0])) / scale

    start = x[free] / width[free]
    found = minimize(loss, start, method="SLSQP", bounds=bounds, constraints=linear, options={"maxiter": steps})
    if not np.isfinite(found.x).all():
        return x
    # Short numbers where they are allowed; next to a constraint they may not be.
    ends = Completion(space).snap(np.vstack([_short(point(found.x), width), point(found.x)]))
    good = space.allows(ends) & (score(ends) > before)
    return np.asarray(ends[np.argmax(good)]) if good.any() else x
