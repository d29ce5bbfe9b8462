"""The right number under the wrong unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np

from loop.errors import UnitError
from loop.innovation.mistakes.alternative import Alternative
from loop.innovation.reading import Reading
from loop.magnetism import UNITS, convert_magnetization

_KINDS = tuple(dict.fromkeys(UNITS.values()))
_KELVIN, _ZERO_CELSIUS = "K", 273.15


def wrong_unit(reading: Reading, others: Sequence[Reading]) -> Iterator[Alternative]:
    """The number of the reading, read in every other unit of the same quantity.

    Magnetizations need the volume of a formula unit for some conversions; where the row gives none, the median of the
    table's volumes stands in for it. A Curie temperature may be in °C.

    Parameters
    ----------
    reading
        The suspicious one.
    others
        The rest of the table.
    """
    if reading.unit == _KELVIN:
        meant = replace(reading, value=reading.value + _ZERO_CELSIUS)
        yield Alternative("unit", f"{reading.value:g} °C", (meant,))
    if reading.unit in UNITS:
        yield from _magnetizations(_with_volume(reading, others))


def _magnetizations(reading: Reading) -> Iterator[Alternative]:
    noted = UNITS.get(reading.stated_unit, UNITS[reading.unit])
    number = _converted(reading, reading.value, reading.unit, noted)
    kinds = [kind for kind in _KINDS if kind != noted]
    for kind in kinds if number is not None else ():
        value = _converted(reading, number or 0.0, kind, reading.unit)
        if value is not None:
            words = f"{number:.4g} {kind} taken for {noted}"
            yield Alternative("unit", words, (replace(reading, value=value),), len(kinds))


def _converted(reading: Reading, value: float, unit: str, to: str) -> float | None:
    try:
        return convert_magnetization(value, unit, to, volume=reading.volume, molar_mass=reading.molar_mass)
    except UnitError:
        return None


def _with_volume(reading: Reading, others: Sequence[Reading]) -> Reading:
    volumes = [other.volume for other in others if other.volume is not None]
    if reading.volume is not None or not volumes:
        return reading
    return replace(reading, volume=float(np.median(volumes)))
