"""The Curie temperature from curves in several fields, by the plot of Arrott."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from adapters.magnetometry.measurement import Array
from adapters.magnetometry.section import Section

_FIELDS, _TEMPERATURES = 3, 3
_UPPER = 0.3


@dataclass(frozen=True, eq=False)
class ArrottPlot:
    """Intercepts of M² against H/M at several temperatures.

    Parameters
    ----------
    temperature
        In K, (n,), rising.
    intercept
        M² at H/M = 0 in the square of the signal's unit, (n,).
    curie
        Where the intercept goes through zero; NaN where it does not.
    """

    temperature: Array
    intercept: Array
    curie: float


def arrott_plot(isotherms: Sequence[Section], isofields: Sequence[Section]) -> ArrottPlot | None:
    """Draw the plot from curves M(H) at three temperatures or more, or else from curves M(T) in three fields or more.

    ``M² = a·(Tc − T) + b·H/M`` in the molecular field near Tc: A. Arrott, Phys. Rev. 108, 1394 (1957).

    Parameters
    ----------
    isotherms, isofields
        Of a measurement.

    Returns
    -------
    ArrottPlot or None
        None where there are too few curves, or the intercept does not change its sign.
    """
    curves = [(one.at, abs(one.x), np.sign(one.x) * one.signal) for one in isotherms]
    if len(curves) < _TEMPERATURES:
        curves = _across([one for one in isofields if one.at > 0])
    points = [(T, _intercept(H, M)) for T, H, M in curves]
    good = [(T, value) for T, value in points if value is not None]
    if len(good) < _TEMPERATURES:
        return None
    T, value = np.array(good).T
    curie = _zero(T, value)
    return None if np.isnan(curie) else ArrottPlot(T, value, curie)


def _across(isofields: Sequence[Section]) -> list[tuple[float, Array, Array]]:
    """Curves M(H) read across curves M(T), on the temperatures that all have."""
    if len(isofields) < _FIELDS:
        return []
    low, high = max(float(np.min(one.x)) for one in isofields), min(float(np.max(one.x)) for one in isofields)
    if low >= high:
        return []
    T = np.linspace(low, high, int(min(len(one.x) for one in isofields)))
    H = np.array([one.at for one in isofields])
    M = np.array([np.interp(T, *_sorted(one)) for one in isofields])
    return [(float(at), H, column) for at, column in zip(T, M.T, strict=True)]


def _sorted(section: Section) -> tuple[Array, Array]:
    order = np.argsort(section.x)
    return section.x[order], section.signal[order]


def _intercept(field: Array, signal: Array) -> float | None:
    """M² at H/M = 0, by a line through the higher fields (low ones are bent by domains)."""
    chosen = (field >= _UPPER * np.max(field)) & (signal > 0)
    if chosen.sum() < _FIELDS:
        return None
    slope, intercept = np.polyfit(field[chosen] / signal[chosen], signal[chosen] ** 2, 1)
    return float(intercept) if slope > 0 else None


def _zero(temperature: Array, intercept: Array) -> float:
    """Where the intercept falls through zero, between its neighbours; NaN where it does not."""
    falls = np.flatnonzero((intercept[:-1] > 0) & (intercept[1:] <= 0))
    if len(falls) != 1:
        return float("nan")
    at = falls[0]
    share = intercept[at] / (intercept[at] - intercept[at + 1])
    return float(temperature[at] + share * (temperature[at + 1] - temperature[at]))
