"""From curves M(T) to the Curie temperature, and how far each method is off."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from adapters.magnetometry.arrott import ArrottPlot, arrott_plot
from adapters.magnetometry.curie_method import ARROTT, METHODS
from adapters.magnetometry.mean_field import mean_field_magnetization
from adapters.magnetometry.measurement import Array, Measurement
from adapters.magnetometry.rejected import RejectedMeasurement
from adapters.magnetometry.section import Section, isofields, isotherms
from adapters.magnetometry.slope import LEAST, fall_of

THERMOMETER = 1.0
"""Standard uncertainty of the specimen's temperature in K, where nobody states it."""

_REMAINS = 0.5


@dataclass(frozen=True)
class CurieEstimate:
    """What one method says.

    Parameters
    ----------
    method
        Its name.
    value
        In K, as the method gives it.
    bias
        By how much the method is off, in K, on the molecular field's curve with this Curie temperature, in this field
        and at these temperatures; NaN where it does not apply there.
    """

    method: str
    value: float
    bias: float


@dataclass(frozen=True, kw_only=True, eq=False)
class CurieTemperature:
    """A Curie temperature.

    Parameters
    ----------
    value, uncertainty
        In K, by `method`, and its standard uncertainty. The bias is not taken off, but counts in the uncertainty.
    method, field
        How and in which field (A/m; NaN where the file does not say).
    components
        Of the uncertainty in K: ``bias``, ``methods`` (half the spread of all, each freed of its bias, over √3),
        ``resolution``, ``thermometer``; their squares add up.
    estimates
        What each method says, the chosen one first.
    temperature, magnetization
        The curve, (n,), the latter in the unit of the file's signal.
    remarks
        What was taken for granted, in words.
    """

    value: float
    uncertainty: float
    method: str
    field: float
    components: Mapping[str, float]
    estimates: tuple[CurieEstimate, ...]
    temperature: Array
    magnetization: Array
    remarks: tuple[str, ...]

    @property
    def bias(self) -> float:
        """Known bias of the chosen method in K."""
        return self.estimates[0].bias

    @property
    def summary(self) -> str:
        """In one line, for the provenance."""
        told = ", ".join(f"{one.method} {one.value:.1f} K (bias {one.bias:+.1f} K)" for one in self.estimates)
        return f"in {self.field * 4e-7 * math.pi:.3g} T: {told}"


def curie_temperature(
    measurement: Measurement,
    *,
    method: str | None = None,
    field: float | None = None,
    thermometer: float = THERMOMETER,
) -> CurieTemperature:
    """Find the Curie temperature of curves M(T), by every method that applies.

    Each method has a bias that grows with the field. It is found by applying the method to the curve of the molecular
    field (spin 1, 2 μB an atom) in the same field at the same temperatures, and stated.

    Parameters
    ----------
    measurement
        With a curve M(T), or curves in several fields or at several temperatures.
    method
        ``inflection``, ``two tangents``, ``Kuz'min fit`` or ``Arrott plot``. If None, Arrott's where the fields allow
        it, else the inflection.
    field
        Applied field in A/m of the curve to use, where there are several; the lowest if None.
    thermometer
        Standard uncertainty of the specimen's temperature in K.

    Returns
    -------
    CurieTemperature
        Value, standard uncertainty, and what every method says.

    Raises
    ------
    RejectedMeasurement
        Where there is no curve M(T) or it does not reach the Curie temperature, or the method does not apply.
    """
    file = measurement.path
    fields, plot = isofields(measurement), arrott_plot(isotherms(measurement), isofields(measurement))
    curve = _curve(measurement, fields, field)
    estimates = _estimates(curve, plot) if curve is not None else []
    if plot is not None:
        estimates.insert(0, CurieEstimate(ARROTT, plot.curie, _arrott_bias(measurement, plot.curie)))
    if not estimates:
        raise RejectedMeasurement(
            file, "holds no curve M(T) that falls through a Curie temperature", "Measure M(T) to higher temperatures."
        )
    if method is not None:
        chosen = next((one for one in estimates if one.method == method), None)
        if chosen is None:
            there = ", ".join(one.method for one in estimates)
            raise RejectedMeasurement(file, f"the method {method!r} does not apply here", f"Those that do: {there}.")
        estimates = [chosen, *[one for one in estimates if one is not chosen]]
    return _result(measurement, curve, plot, estimates, thermometer)


def _curve(measurement: Measurement, fields: list[Section], field: float | None) -> Section | None:
    """The curve in the wanted or the lowest field; None where none falls far enough."""
    if field is not None:
        near = [one for one in fields if abs(one.at - field) <= max(800.0, 0.02 * field)]
        if not near:
            there = ", ".join(f"{one.at:.5g}" for one in fields) or "none"
            raise RejectedMeasurement(
                measurement.path, f"holds no M(T) in {field:g} A/m, but in {there} A/m", "Ask for one of these."
            )
        fields = near
    falling = [one for one in fields if _falls(one)]
    return min(falling, key=lambda one: abs(one.at) if one.at == one.at else 0.0) if falling else None


def _falls(section: Section) -> bool:
    if len(np.unique(np.round(section.x, 3))) < LEAST:
        return False
    fall = fall_of(section.x, section.signal)
    top = float(np.max(fall.magnetization))
    return fall.is_inside and top > 0 and abs(fall.magnetization[-1]) < _REMAINS * top


def _estimates(curve: Section, plot: ArrottPlot | None) -> list[CurieEstimate]:
    field = abs(curve.at) if curve.at == curve.at else 0.0
    values = [(method, method.read(curve.x, curve.signal, field)) for method in METHODS]
    found = [(method, value) for method, value in values if value is not None]
    if not found:
        return []
    curie = plot.curie if plot else found[0][1]
    model = mean_field_magnetization(curve.x, curie, field)
    biased = [(method, value, method.read(curve.x, model, field)) for method, value in found]
    return [
        CurieEstimate(method.name, value, math.nan if seen is None else seen - curie) for method, value, seen in biased
    ]


def _arrott_bias(measurement: Measurement, curie: float) -> float:
    """What the plot makes of the molecular field's curves in these fields at these temperatures."""
    at_temperature = [
        replace(one, signal=np.sign(one.x) * mean_field_magnetization(np.full(len(one.x), one.at), curie, abs(one.x)))
        for one in isotherms(measurement)
        if one.at > 0
    ]
    in_field = [
        replace(one, signal=mean_field_magnetization(one.x, curie, one.at))
        for one in isofields(measurement)
        if one.at > 0
    ]
    seen = arrott_plot(at_temperature, in_field)
    return math.nan if seen is None else seen.curie - curie


def _result(
    measurement: Measurement,
    curve: Section | None,
    plot: ArrottPlot | None,
    estimates: list[CurieEstimate],
    thermometer: float,
) -> CurieTemperature:
    best = estimates[0]
    freed = [one.value - (one.bias if one.bias == one.bias else 0.0) for one in estimates]
    x = curve.x if curve is not None else plot.temperature if plot is not None else np.array([])
    components = {
        "bias": abs(best.bias) if best.bias == best.bias else 0.0,
        "methods": (max(freed) - min(freed)) / (2 * math.sqrt(3)),
        "resolution": float(np.median(np.diff(np.unique(np.round(x, 2))))) / math.sqrt(12),
        "thermometer": thermometer,
    }
    return CurieTemperature(
        value=best.value,
        uncertainty=math.sqrt(sum(part**2 for part in components.values())),
        method=best.method,
        field=curve.at if curve is not None else math.nan,
        components=components,
        estimates=tuple(estimates),
        temperature=x,
        magnetization=curve.signal if curve is not None else np.sqrt(np.maximum(plot.intercept, 0)) if plot else x,
        remarks=(
            *measurement.remarks,
            *([] if curve is None or curve.at == curve.at else ["the file states no field: biases are those of none"]),
            f"temperature of the specimen taken as good to {thermometer:g} K",
        ),
    )
