"""Parts of a measurement: curves M(H) at one temperature, curves M(T) in one field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from adapters.magnetometry.measurement import Array, Measurement

_LEAST = 8
_SAME_TEMPERATURE = (0.4, 0.002)
_SAME_FIELD = (800.0, 0.01)
Tolerance = tuple[float, float]


@dataclass(frozen=True, eq=False)
class Section:
    """Rows in which one quantity stood still while the other went.

    Parameters
    ----------
    at
        Mean of what stood still: K for a curve M(H), A/m for a curve M(T); NaN where the file does not say.
    x
        Field in A/m or temperature in K, (n,), in the order of the file.
    signal
        Moment or magnetization, (n,).
    """

    at: float
    x: Array
    signal: Array

    @property
    def span(self) -> float:
        """Range of what went."""
        return float(np.ptp(self.x))


def isotherms(measurement: Measurement) -> list[Section]:
    """Curves M(H): temperature within 0.4 K or 0.2 %, at least eight fields; those of one temperature are one.

    Parameters
    ----------
    measurement
        Any.

    Returns
    -------
    list of Section
        By temperature. A file without temperatures has one, at NaN.
    """
    if not np.isfinite(measurement.temperature).any():
        return [Section(float("nan"), measurement.field, measurement.signal)]
    field, temperature = measurement.field, measurement.temperature
    found = _sections(temperature, field, measurement.signal, _SAME_TEMPERATURE)
    widest = max((section.span for section in found), default=0.0)
    return _joined([one for one in found if one.span > 0.2 * widest and one.span > _SAME_FIELD[0]], _SAME_TEMPERATURE)


def isofields(measurement: Measurement) -> list[Section]:
    """Curves M(T): field within 10 Oe or 1 %, over at least 5 K; a file without fields has one, at NaN.

    Parameters
    ----------
    measurement
        Any.
    """
    if not np.isfinite(measurement.field).any():
        return [Section(float("nan"), measurement.temperature, measurement.signal)]
    field, temperature = measurement.field, measurement.temperature
    found = _sections(field, temperature, measurement.signal, _SAME_FIELD)
    return _joined([section for section in found if section.span > 5.0], _SAME_FIELD)


def _sections(still: Array, moving: Array, signal: Array, tolerance: Tolerance) -> list[Section]:
    found = [
        Section(float(still[part].mean()), moving[part], signal[part])
        for part in _runs(still, tolerance)
        if part.stop - part.start >= _LEAST
    ]
    return sorted(found, key=lambda section: section.at)


def _runs(still: Array, tolerance: Tolerance) -> Iterator[slice]:
    """Rows in a row that stay within the tolerance of the first of them."""
    start = 0
    for place in range(1, len(still) + 1):
        is_end = place == len(still)
        if is_end or abs(still[place] - still[start]) > max(tolerance[0], tolerance[1] * abs(still[start])):
            yield slice(start, place)
            start = place


def _joined(sections: list[Section], tolerance: Tolerance) -> list[Section]:
    joined: list[Section] = []
    for section in sections:
        last = joined[-1] if joined else None
        if last is not None and abs(section.at - last.at) <= max(tolerance[0], tolerance[1] * abs(last.at)):
            signal = np.concatenate([last.signal, section.signal])
            mean = (last.at * len(last.x) + section.at * len(section.x)) / len(signal)
            joined[-1] = Section(mean, np.concatenate([last.x, section.x]), signal)
        else:
            joined.append(section)
    return joined
