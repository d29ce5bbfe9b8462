"""From a curve M(H) to the saturation magnetization and what is known of it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from adapters.magnetometry.approach import LAWS, MAXIMUM, LawEstimate, estimates, fitted
from adapters.magnetometry.demagnetizing import demagnetizing_factor
from adapters.magnetometry.measurement import Array, Measurement
from adapters.magnetometry.rejected import RejectedMeasurement
from adapters.magnetometry.scale import Scale, scale_of
from adapters.magnetometry.section import Section, isotherms

CALIBRATION = 0.01
"""Relative standard uncertainty of a magnetometer's calibration, where nobody states it."""

_UNSATURATED = 0.5
_LEAST = 8


@dataclass(frozen=True, kw_only=True, eq=False)
class Saturation:
    """A saturation magnetization.

    Parameters
    ----------
    value, uncertainty, unit
        The middle of what the laws say in their windows, and its standard uncertainty.
    components
        Of the uncertainty, in the same unit: ``model`` (half the spread of laws and windows over √3), ``noise``,
        ``geometry``, ``mass``, ``calibration``; their squares add up.
    estimates
        What each law says in each window.
    demagnetizing_factor
        Along the field; None where the geometry is not known, and then the field is the applied one.
    temperature
        In K; NaN where the file does not say.
    field, magnetization
        The curve the laws were fitted to: internal field in A/m and magnetization in the unit, (n,).
    remarks
        What was taken for granted, in words.
    """

    value: float
    uncertainty: float
    unit: str
    components: Mapping[str, float]
    estimates: tuple[LawEstimate, ...]
    demagnetizing_factor: float | None
    temperature: float
    field: Array
    magnetization: Array
    remarks: tuple[str, ...]

    @property
    def maximum(self) -> float:
        """The naive estimate: the largest magnetization measured."""
        return next(one.value for one in self.estimates if one.law == MAXIMUM)

    @property
    def spread(self) -> tuple[float, float]:
        """The lowest and the highest of the estimates."""
        values = [one.value for one in self.estimates]
        return min(values), max(values)

    @property
    def method(self) -> str:
        """In one line, for the provenance."""
        low, high = self.spread
        factor = "applied field" if self.demagnetizing_factor is None else f"D = {self.demagnetizing_factor:.4f}"
        where = "" if math.isnan(self.temperature) else f" at {self.temperature:.4g} K"
        found = f"{len(LAWS)} laws and the maximum: {low:.4g} to {high:.4g} {self.unit}"
        return f"approach to saturation{where}, {found}; {factor}"


def saturation_magnetization(
    measurement: Measurement,
    *,
    unit: str | None = None,
    temperature: float | None = None,
    molar_mass: float | None = None,
    calibration: float = CALIBRATION,
) -> Saturation:
    """Find the saturation magnetization of a curve M(H) by several laws of approach.

    The laws are ``Ms + χH``, ``Ms − b/H² + χH``, ``Ms − a/H − b/H²`` in windows that begin at 30 to 80 % of the highest
    internal field, beside the largest magnetization. They differ far more from each other than a fit's covariance
    tells, so the spread is the uncertainty of the model.

    Parameters
    ----------
    measurement
        With a curve M(H), and a mass; see :func:`~adapters.magnetometry.read_measurement`.
    unit
        ``kA/m``, ``MA/m``, ``T`` (which need the geometry), ``A.m2/kg``, ``emu/g`` (which need the mass) or
        ``muB/f.u.`` (mass and molar mass). If None, kA/m where the geometry is known, else A.m2/kg.
    temperature
        In K, where the file holds curves at several.
    molar_mass
        Of a formula unit in g/mol.
    calibration
        Relative standard uncertainty of the magnetometer.

    Returns
    -------
    Saturation
        Value, standard uncertainty, and what it is made of.

    Raises
    ------
    RejectedMeasurement
        Where mass or geometry is missing, the temperature is not determined, or the curve does not saturate.
    """
    curve = _curve(measurement, temperature)
    scale = scale_of(measurement, unit, molar_mass)
    factor, bend = _demagnetizing(measurement)
    field, signal = _folded(measurement, curve, scale, factor)
    _require_saturating(measurement, field, signal)
    found = estimates(field, signal)
    if len(found) == 1:
        raise RejectedMeasurement(
            measurement.path, "the sample turns to the field only in the highest ones", "Measure in higher fields."
        )
    low, high = min(one.value for one in found), max(one.value for one in found)
    value = 0.5 * (low + high)
    components = {
        "model": (high - low) / (2 * math.sqrt(3)),
        "noise": float(np.median([one.error for one in found if one.law != MAXIMUM])),
        "geometry": math.hypot(value * scale.by_volume, _shift(measurement, curve, scale, (factor, bend), value)),
        "mass": value * scale.by_mass,
        "calibration": value * calibration,
    }
    return Saturation(
        value=value,
        uncertainty=math.sqrt(sum(part**2 for part in components.values())),
        unit=scale.unit,
        components=components,
        estimates=tuple(found),
        demagnetizing_factor=factor,
        temperature=curve.at,
        field=field,
        magnetization=signal,
        remarks=(*measurement.remarks, *_remarks(measurement, factor, calibration)),
    )


def _curve(measurement: Measurement, temperature: float | None) -> Section:
    file, found = measurement.path, isotherms(measurement)
    if not found:
        raise RejectedMeasurement(
            file,
            "holds no curve M(H): no range of fields at one temperature",
            "Measure M(H), or ask for a Curie temperature.",
        )
    if temperature is not None:
        near = [one for one in found if not abs(one.at - temperature) > max(1.0, 0.01 * temperature)]
        if not near:
            there = ", ".join(f"{one.at:.5g} K" for one in found)
            raise RejectedMeasurement(
                file, f"holds no M(H) at {temperature:g} K, but at {there}", "Ask for one of these."
            )
        return near[0]
    if len(found) > 1:
        there = ", ".join(f"{one.at:.5g} K" for one in found)
        raise RejectedMeasurement(
            file, f"holds M(H) at {len(found)} temperatures: {there}", "Say which: temperature=…, or --temperature."
        )
    return found[0]


def _demagnetizing(measurement: Measurement) -> tuple[float | None, float]:
    """The factor, and by how much it moves when the edge along the field is off by its uncertainty."""
    edges, step = measurement.specimen.edges_mm, measurement.specimen.edge_uncertainty_mm
    if edges is None:
        return None, 0.0
    factor = demagnetizing_factor(*edges)
    return factor, abs(demagnetizing_factor(edges[0], edges[1], edges[2] + step) - factor)


def _folded(measurement: Measurement, curve: Section, scale: Scale, factor: float | None) -> tuple[Array, Array]:
    """Both polarities on one: internal field and magnetization along it, where the field is not small."""
    by_volume = scale.to_a_per_m
    inner = curve.x if factor is None or by_volume is None else curve.x - factor * curve.signal * by_volume
    sign = np.sign(curve.x)
    field, signal = sign * inner, sign * curve.signal * scale.factor
    good = (field > 0.02 * np.max(abs(curve.x))) & np.isfinite(field)
    if good.sum() < _LEAST:
        raise RejectedMeasurement(measurement.path, "holds too few points of M(H)", "Measure more fields.")
    return field[good], signal[good]


def _require_saturating(measurement: Measurement, field: Array, signal: Array) -> None:
    file, line = measurement.path, fitted(LAWS[0], 0.7, field, signal) or fitted(LAWS[0], 0.5, field, signal)
    if line is None:
        raise RejectedMeasurement(file, "holds too few points in high fields", "Measure more fields near the highest.")
    top = field > 0.9 * np.max(field)
    mean = float(signal[top].mean())
    if mean <= 0:
        found = "the moment points against the field in the highest fields (diamagnetic, or its sign is turned round)"
        raise RejectedMeasurement(file, found, "Check holder, background and sign; subtract the background first.")
    if line.value < _UNSATURATED * mean:
        left = f"{max(0.0, line.value / mean):.0%}"
        found = f"M(H) does not saturate: of M in the highest field {left} are left when extrapolated to zero field"
        raise RejectedMeasurement(file, found, "Measure in higher fields, or at a temperature below the Curie point.")


def _shift(
    measurement: Measurement, curve: Section, scale: Scale, geometry: tuple[float | None, float], value: float
) -> float:
    """By how much the value moves with the demagnetizing factor's uncertainty."""
    factor, bend = geometry
    if factor is None or scale.to_a_per_m is None or bend == 0:
        return 0.0
    found = [one.value for one in estimates(*_folded(measurement, curve, scale, factor + bend))]
    return abs(0.5 * (min(found) + max(found)) - value)


def _remarks(measurement: Measurement, factor: float | None, calibration: float) -> list[str]:
    remarks = [f"calibration of the magnetometer taken as good to {calibration:.2%}"]
    if factor is None:
        remarks.append("geometry not known: the field is the applied one, not the internal one")
    else:
        remarks.append("the last edge of the size is taken as the one along the field")
    if not np.isfinite(measurement.temperature).any():
        remarks.append("the file states no temperature")
    return remarks
