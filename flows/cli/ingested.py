"""What ``douka ingest`` shows of a measurement: tables, a picture, JSON."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np

from adapters.magnetometry import CurieTemperature, Measurement, Saturation
from adapters.worksheets.reducing import Reduced
from flows.cli.output import print_pairs, print_table
from loop.figures.curves import Curve
from loop.figures.measurement import Reading, draw_measurement
from loop.figures.style import shown_unit
from loop.quantity import plain, plus_minus

_MU_0 = 4e-7 * math.pi


def print_understood(found: Reduced, picture: Path, goal: str | None) -> None:
    """Print what a file says.

    Parameters
    ----------
    found
        The file and what follows from it.
    picture
        Where it is drawn.
    goal
        What it answers, in words; None where no campaign is named.
    """
    measurement, specimen = found.measurement, found.measurement.specimen
    pairs = [
        ("file", f"{measurement.path}, SHA-256 {measurement.sha256[:12]}…"),
        ("written by", measurement.program or "not said"),
        ("mode", f"{measurement.mode.value}: {measurement.headings[measurement.quantity]}"),
        ("rows", f"{len(measurement.signal)}; {_range(measurement.temperature, 1.0, 'K')}, {_fields(measurement)}"),
        ("specimen", specimen.name or "not named"),
        ("mass", "not stated" if specimen.mass_mg is None else f"{plain(specimen.mass_mg)} mg"),
        ("size", "not stated" if specimen.edges_mm is None else " × ".join(map(plain, specimen.edges_mm)) + " mm"),
        ("answers", goal or "nothing: no campaign is named"),
        ("value", f"{plus_minus(found.value, found.uncertainty)} {shown_unit(found.unit)}"),
        ("how", found.method),
        *[("remark", remark) for remark in found.found.remarks],
        ("picture", str(picture)),
    ]
    print_pairs("Understood", pairs)
    print_table("Uncertainty", ("of", found.unit), [(k, f"{v:.3g}") for k, v in found.found.components.items()])
    print_table("Estimates", ("how", found.unit), [(one.name, plain(one.value)) for one in _readings(found)[1:]])


def _fields(measurement: Measurement) -> str:
    return _range(measurement.field, _MU_0, "T")


def _range(values: np.ndarray, factor: float, unit: str) -> str:
    if not np.isfinite(values).any():
        return f"no {unit} stated"
    return f"{plain(float(np.nanmin(values)) * factor)} to {plain(float(np.nanmax(values)) * factor)} {unit}"


def _readings(found: Reduced) -> list[Reading]:
    adopted = Reading(
        f"{plus_minus(found.value, found.uncertainty)} {shown_unit(found.unit)}", found.value, found.uncertainty
    )
    if isinstance(found.found, CurieTemperature):
        others = [Reading(f"{one.method} (bias {one.bias:+.1f} K)", one.value) for one in found.found.estimates]
        return [adopted, *others]
    laws = dict.fromkeys(one.law for one in found.found.estimates)
    return [adopted, *(_law(law, [one.value for one in found.found.estimates if one.law == law]) for law in laws)]


def _law(law: str, values: list[float]) -> Reading:
    """One law: the range of its windows."""
    low, high = min(values), max(values)
    said = law if low == high else f"{law}: {plain(round(low, 3))} to {plain(round(high, 3))}"
    return Reading(said, 0.5 * (low + high), 0.5 * (high - low))


def draw_understood(found: Reduced, file: Path, picture: Path) -> None:
    """Draw the curve and what was read from it.

    Parameters
    ----------
    found
        The file and what follows from it.
    file, picture
        Its name, and where to draw.
    """
    one, unit = found.found, shown_unit(found.unit)
    if isinstance(one, Saturation):
        curve = Curve("", "measured", one.field * _MU_0, one.magnetization)
        inner = "applied" if one.demagnetizing_factor is None else "internal"
        labels = (f"{inner} field μ₀H (T)", f"magnetization ({unit})")
    else:
        curve = Curve("", "measured", one.temperature, one.magnetization)
        labels = ("temperature (K)", "signal")
    draw_measurement(curve, _readings(found), file.name, labels, picture, is_abscissa=isinstance(one, CurieTemperature))


def as_plain(found: Reduced) -> dict[str, object]:
    """Give what a file says in plain values, for JSON."""
    measurement = found.measurement
    return {
        "file": measurement.path,
        "sha256": measurement.sha256,
        "mode": measurement.mode.value,
        "rows": len(measurement.signal),
        "mass_mg": measurement.specimen.mass_mg,
        "size_mm": measurement.specimen.edges_mm,
        "value": found.value,
        "uncertainty": found.uncertainty,
        "unit": found.unit,
        "method": found.method,
        "components": dict(found.found.components),
        "remarks": list(found.found.remarks),
    }
