"""Methods that read a Curie temperature from one curve M(T)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from adapters.magnetometry.measurement import Array
from adapters.magnetometry.slope import Fall, fall_of
from loop.magnetism import KuzminLaw

INFLECTION, TANGENTS, KUZMIN, ARROTT = "inflection", "two tangents", "Kuz'min fit", "Arrott plot"

_BELOW = 0.95
_COLD = 0.75
_LEAST = 8
_SATURATING = 1.5e5


@dataclass(frozen=True)
class Method:
    """A way to read a Curie temperature from a curve.

    Parameters
    ----------
    name
        As a person calls it.
    read
        From temperatures in K and magnetizations, (n,) each, and the field in A/m; None where it does not apply.
    """

    name: str
    read: Callable[[Array, Array, float], float | None]


def inflection(temperature: Array, magnetization: Array, field: float) -> float | None:  # noqa: ARG001  one signature
    """Temperature of the steepest fall."""
    fall = fall_of(temperature, magnetization)
    return fall.steepest if fall.is_inside else None


def two_tangents(temperature: Array, magnetization: Array, field: float) -> float | None:  # noqa: ARG001
    """Where the tangent at the steepest fall meets the straight line through the tail above."""
    fall = fall_of(temperature, magnetization)
    if not fall.is_inside:
        return None
    slope, at = fall.slope[fall.index], fall.temperature[fall.index]
    level, tail = _tail(fall)
    if tail - slope <= 0:
        return None
    return float((fall.magnetization[fall.index] - slope * at - level) / (tail - slope))


def kuzmin_fit(temperature: Array, magnetization: Array, field: float) -> float | None:
    """Fit Kuz'min's law, s and Tc free, below 0.95 of the steepest fall.

    ``M = M0·[1 − s·τ^(3/2) − (1 − s)·τ^(5/2)]^(1/3)``, M. D. Kuz'min, Phys. Rev. Lett. 94, 107204 (2005). Not
    in fields that do not saturate (below about 0.2 T), nor to curves that begin above three quarters of Tc.
    """
    fall = fall_of(temperature, magnetization)
    chosen = temperature < _BELOW * fall.steepest
    if field < _SATURATING or chosen.sum() < _LEAST or np.min(temperature) > _COLD * fall.steepest:
        return None
    T, M = temperature[chosen], magnetization[chosen] / np.max(magnetization[chosen])

    law = KuzminLaw()

    def misfit(parameters: Array) -> Array:
        m0, log_s, curie = parameters
        # p = 5/2, whose coordinate is log(p − 3/2) = 0
        return np.asarray(m0 * law.reduced(T / curie, [log_s, 0.0]) - M)

    from scipy.optimize import least_squares  # half a second to import, for everyone who asks how a campaign stands

    top = float(np.max(T))
    found = least_squares(
        misfit,
        [1.0, np.log(0.5), fall.steepest],
        bounds=([0.5, np.log(0.01), top], [3.0, np.log(2.4), 3 * fall.steepest]),
        x_scale=[1.0, 1.0, top],
    )
    return float(found.x[2]) if found.success else None


def _tail(fall: Fall) -> tuple[float, float]:
    """Level at 0 K and slope of the line through the upper half of what lies above the steepest fall."""
    from_ = 0.5 * (fall.steepest + fall.temperature[-1])
    T, M = fall.temperature[fall.temperature >= from_], fall.magnetization[fall.temperature >= from_]
    if len(T) < 3:
        return 0.0, 0.0
    slope, level = np.polyfit(T, M, 1)
    return float(level), float(slope)


METHODS = (Method(INFLECTION, inflection), Method(TANGENTS, two_tangents), Method(KUZMIN, kuzmin_fit))
"""Those that need one curve, the most trusted first."""
