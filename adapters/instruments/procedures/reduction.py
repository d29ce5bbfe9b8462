"""From the readings of a procedure to the one value that was asked for, with its uncertainty."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import NonNegativeFloat

from adapters.options import Options
from loop.errors import DataError

_MOMENT = {"A.m2": 1.0, "A m2": 1.0, "A·m²": 1.0, "emu": 1e-3}
_MASS = {"kg": 1.0, "g": 1e-3, "mg": 1e-6}


class ResultTable(Options):
    """``result``: what becomes of the readings.

    Parameters
    ----------
    signal
        The signal that is reduced.
    reduce
        Mean of all readings, the last one, or the one of largest magnitude.
    per_mass
        Signal or setting that states the sample's mass: a moment becomes a specific magnetization.
    calibration
        Relative standard uncertainty of the instrument's calibration, added in quadrature.
    """

    signal: str
    reduce: Literal["mean", "last", "largest"] = "mean"
    per_mass: str = ""
    calibration: NonNegativeFloat = 0.0


@dataclass(frozen=True)
class Reduced:
    """A value with its unit.

    Parameters
    ----------
    value, uncertainty
        In the unit; the standard uncertainty is None where nothing tells it.
    unit
        As the slot wants it.
    count
        Number of readings it comes from.
    """

    value: float
    uncertainty: float | None
    unit: str
    count: int


def reduced(
    table: ResultTable,
    events: Sequence[Mapping[str, Any]],
    settings: Mapping[str, Mapping[str, Any]],
    units: Mapping[str, str],
    unit: str,
    molar_mass: float | None,
) -> Reduced:
    """Reduce the readings of a procedure.

    The uncertainty is s/√n of the repeated readings and the calibration's, in quadrature.

    Parameters
    ----------
    table
        How.
    events
        As the executor handed them over.
    settings
        The devices' configuration.
    units
        Of all signals and settings.
    unit
        The one that is wanted.
    molar_mass
        Of a formula unit in g/mol, for units per formula unit; None where there is no formula.

    Raises
    ------
    DataError
        Where the signal was not read, or its unit does not lead to the wanted one.
    """
    values = [_number(table.signal, value) for value in _values(table.signal, events)]
    value = {"mean": statistics.fmean(values), "last": values[-1], "largest": max(values, key=abs)}[table.reduce]
    spread = statistics.stdev(values) / math.sqrt(len(values)) if table.reduce == "mean" and len(values) > 1 else 0.0
    sigma = math.hypot(spread, table.calibration * value)
    factor = _factor(table, events, settings, units, unit, molar_mass)
    return Reduced(value * factor, abs(sigma * factor) or None, unit, len(values))


def _values(signal: str, events: Sequence[Mapping[str, Any]]) -> list[object]:
    found = [event["signals"][signal]["value"] for event in events if signal in event.get("signals", {})]
    if not found:
        seen = sorted({key for event in events for key in event.get("signals", {})})
        raise DataError(f"result.signal = {signal!r} was never read; the procedure read {', '.join(seen) or 'nothing'}")
    return found


def _number(signal: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise DataError(f"{signal} was {value!r}, expected a finite number")
    return float(value)


def _factor(
    table: ResultTable,
    events: Sequence[Mapping[str, Any]],
    settings: Mapping[str, Mapping[str, Any]],
    units: Mapping[str, str],
    unit: str,
    molar_mass: float | None,
) -> float:
    given = units.get(table.signal, "")
    factor = 1.0
    if table.per_mass:
        if given not in _MOMENT:
            raise DataError(f"{table.signal} is in {given!r}; per_mass needs a moment in one of {', '.join(_MOMENT)}")
        factor, given = _MOMENT[given] / _mass(table.per_mass, events, settings, units), "A.m2/kg"
    if given == unit:
        return factor
    from loop.magnetism import UNITS, convert_magnetization  # the measuring process starts sooner without

    if given in UNITS and unit in UNITS:
        return factor * convert_magnetization(1.0, given, unit, molar_mass=molar_mass)
    raise DataError(f"{table.signal} is in {given or 'no unit'}, which does not lead to {unit}")


def _mass(
    key: str,
    events: Sequence[Mapping[str, Any]],
    settings: Mapping[str, Mapping[str, Any]],
    units: Mapping[str, str],
) -> float:
    """Mass of the sample in kg."""
    value = settings[key]["value"] if key in settings else _values(key, events)[-1]
    if units.get(key, "") not in _MASS:
        raise DataError(f"{key} is in {units.get(key) or 'no unit'}, expected a mass in {', '.join(_MASS)}")
    mass = _number(key, value) * _MASS[units[key]]
    if mass <= 0:
        raise DataError(f"{key} is {value}, expected a positive mass")
    return mass
