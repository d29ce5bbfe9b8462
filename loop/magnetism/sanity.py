"""Whether a calculated magnetization can be that of the state that was meant.

A self-consistent calculation converges to some solution, not always to the ground state: without starting moments to a
non-magnetic one, from unlucky ones to a ferrimagnet. Nothing in its output says so; its neighbours do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

NOTHING = 0.05
"""Fraction of the neighbours' magnetization below which a solution counts as non-magnetic."""

SAME_VALUE = 0.05
"""Relative difference up to which two values at one point are one solution."""

STEEP = 3.0
"""Times the steepness that is usual among the known values, from where on a difference is a jump."""

NEIGHBOURS, ENOUGH_FOR_ZERO, ENOUGH_FOR_JUMP = 3, 3, 6
_SAME_POINT = 1e-9


@dataclass(frozen=True)
class Calculated:
    """Calculated values of one target.

    Parameters
    ----------
    points
        Design points, shape (n, d).
    values
        Magnetizations there, shape (n,), all in one unit.
    unit
        That unit, for messages.
    """

    points: np.ndarray
    values: np.ndarray
    unit: str


def suspicion(x: np.ndarray, value: float, others: Calculated) -> str | None:
    """Hold a calculated magnetization against the others.

    Parameters
    ----------
    x
        Design point, shape (d,).
    value
        Magnetization, in the unit of the others.
    others
        What else was calculated of the target; their order does not matter.

    Returns
    -------
    str or None
        What is suspicious: another value at the same point (differing by more than :data:`SAME_VALUE`); next to
        nothing where the nearest three have a magnetization (at least 3 others); or a difference from the median of
        the nearest three beyond :data:`STEEP` times the usual steepness (the ninth decile of the slopes between nearest
        neighbours) times their mean distance, plus a tenth of the typical magnetization (at least 6 others).
    """
    if not len(others.points):
        return None
    distances = _distances(x, others.points)
    here = others.values[distances < _SAME_POINT]
    if len(here):
        return _two_solutions(value, here, others.unit)
    if len(others.points) < ENOUGH_FOR_ZERO:
        return None
    # Ties in distance are broken by the value, so that the order of the others does not matter.
    nearest = np.lexsort((others.values, distances))[:NEIGHBOURS]
    expected = float(np.median(np.abs(others.values[nearest])))
    if abs(value) < NOTHING * expected:
        usual = f"{expected:.4g} {others.unit}"
        return f"|M| = {abs(value):.4g} {others.unit}, next to nothing, where its neighbours have {usual}"
    if len(others.points) < ENOUGH_FOR_JUMP:
        return None
    return _jump(value, others, nearest, float(distances[nearest].mean()))


def _two_solutions(value: float, here: np.ndarray, unit: str) -> str | None:
    differing = here[np.abs(here - value) > SAME_VALUE * np.maximum(np.abs(here), abs(value))]
    if not len(differing):
        return None
    listed = " and ".join(f"{one:.6g}" for one in sorted({float(value), *differing.tolist()}))
    return f"two solutions for one composition: {listed} {unit}"


def _jump(value: float, others: Calculated, nearest: np.ndarray, reach: float) -> str | None:
    usual = float(np.median(others.values[nearest]))
    scale = float(np.median(np.abs(others.values)))
    if abs(value - usual) <= STEEP * _steepness(others) * reach + 0.1 * scale:
        return None
    return f"{value:.6g} {others.unit} is a jump against its neighbours, which have {usual:.6g} {others.unit}"


def _steepness(others: Calculated) -> float:
    """Ninth decile of |ΔM|/distance between each value and its nearest neighbour at another point."""
    slopes = []
    for point, value in zip(others.points, others.values, strict=True):
        distances = _distances(point, others.points)
        apart = distances > _SAME_POINT
        if apart.any():
            near = distances == distances[apart].min()
            slopes.append(float(np.abs(others.values[near] - value).max() / distances[apart].min()))
    return float(np.quantile(slopes, 0.9)) if slopes else 0.0


def _distances(x: np.ndarray, points: np.ndarray) -> np.ndarray:
    spread = np.ptp(np.vstack([points, x]), axis=0)
    return np.asarray(np.linalg.norm((points - x) / np.where(spread > 0, spread, 1.0), axis=1))
