"""Points of the design space to choose from, where no pool lists them."""

from __future__ import annotations

import itertools

import numpy as np

from loop.errors import CampaignError, DataError
from loop.space.sampling import constrained
from loop.space.space import Space

_MAX_TRIES = 2**16


def scattered(space: Space, count: int, rng: np.random.Generator) -> np.ndarray:
    """Scatter points evenly over the space: its allowed corners, then a Sobol sequence.

    With steps or constraints see :func:`loop.space.sampling.constrained`: fewer may come back, and all are different.

    Parameters
    ----------
    space
        The design space.
    count
        How many points are wanted at least; all allowed corners come in addition.
    rng
        Scrambles the sequence.

    Returns
    -------
    np.ndarray
        Shape (n, d), n ≥ ``count``.

    Raises
    ------
    CampaignError
        Where formula and constraints leave (next to) nothing of the box.
    """
    low, high = space.bounds.T
    ends = [each.levels().tolist() if each.values else [each.low, each.high] for each in space.variables]
    corners = [point for point in itertools.product(*ends) if _allowed(space, point)]
    if not space.is_plain:
        inner = constrained(space, count, rng)
        points = np.vstack([np.array(corners).reshape(-1, len(low)), inner])
        return points[np.sort(np.unique(points, axis=0, return_index=True)[1])]
    from scipy.stats import qmc  # a second to import: most cycles draw nothing by it

    sequence = qmc.Sobol(len(low), scramble=True, rng=rng)
    inside: list[tuple[float, ...]] = []
    for _ in range(_MAX_TRIES // 1024):
        points = _rounded(low + sequence.random(1024) * (high - low), high - low)
        inside += [point for point in map(tuple, points.tolist()) if _allowed(space, point)]
        if len(inside) >= count:
            return np.array(corners + inside[:count])
    raise CampaignError(
        f"only {len(inside)} of {_MAX_TRIES} points of the box satisfy the constraints of the design space"
    )


def _rounded(points: np.ndarray, width: np.ndarray) -> np.ndarray:
    """Short numbers that a person can read: six digits of each variable's range."""
    digits = 6 - np.floor(np.log10(width)).astype(int)
    return np.column_stack([np.round(column, n) for column, n in zip(points.T, digits.tolist(), strict=True)])


def _allowed(space: Space, point: tuple[float, ...]) -> bool:
    try:
        space.check(point)
    except DataError:
        return False
    return True
