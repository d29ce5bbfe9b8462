"""From a moment to a magnetization: what it is divided by, and how well that is known."""

from __future__ import annotations

from dataclasses import dataclass

from adapters.magnetometry.measurement import Measurement
from adapters.magnetometry.rejected import RejectedMeasurement
from loop.magnetism import convert_magnetization

_PER_VOLUME = {"A/m": 1e6, "kA/m": 1e3, "MA/m": 1.0, "T": 1.0}
_PER_MASS = {"A.m2/kg", "emu/g", "muB/f.u."}
_DENSITY = (0.3, 25.0)
_STATE_MASS = "State it: mass_mg=…, --mass '54.86 mg' at the command line, or in the worksheet"
_STATE_SIZE = (
    "State it: size_mm=(a, b, c), --size '1.98x1.99x2.70 mm' at the command line, the last edge along the field"
)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How a measured signal becomes a magnetization.

    Parameters
    ----------
    unit
        Of the magnetization.
    factor
        Magnetization by signal.
    to_a_per_m
        Magnetization in A/m by signal, for the demagnetizing field; None where the volume is not known.
    by_volume, by_mass
        Relative standard uncertainty that volume and mass bring in.
    """

    unit: str
    factor: float
    to_a_per_m: float | None
    by_volume: float = 0.0
    by_mass: float = 0.0


def scale_of(measurement: Measurement, unit: str | None, molar_mass: float | None) -> Scale:
    """Find the scale of a measurement in a unit.

    Parameters
    ----------
    measurement
        With what is known of the specimen.
    unit
        Wanted; if None, kA/m where the volume is known, else A.m2/kg.
    molar_mass
        Of a formula unit in g/mol, for μB/f.u.

    Raises
    ------
    RejectedMeasurement
        Where the mass, the geometry or the molar mass that it takes is missing, or the two do not fit together.
    """
    _require_plausible(measurement)
    wanted = unit or _usual(measurement)
    if wanted in _PER_VOLUME:
        return _by_volume(measurement, wanted)
    if wanted not in _PER_MASS:
        known = ", ".join([*_PER_VOLUME, *sorted(_PER_MASS)])
        raise RejectedMeasurement(measurement.path, f"the unit {wanted!r} is not known", f"Expected one of {known}.")
    if wanted == "muB/f.u." and molar_mass is None:
        raise RejectedMeasurement(measurement.path, "μB/f.u. takes a molar mass", "State it, or ask for A.m2/kg.")
    return _by_mass(measurement, wanted, molar_mass)


def _usual(measurement: Measurement) -> str:
    specimen = measurement.specimen
    if measurement.quantity != "moment":
        return "kA/m" if measurement.quantity == "magnetization" else "A.m2/kg"
    if specimen.mass_mg is None:
        raise _missing(measurement, "mass", _STATE_MASS)
    return "A.m2/kg" if specimen.volume_mm3 is None else "kA/m"


def _by_volume(measurement: Measurement, unit: str) -> Scale:
    to_a_per_m = _to_a_per_m(measurement)
    if to_a_per_m is None:
        raise _missing(measurement, "size", _STATE_SIZE)
    of_one = convert_magnetization(1e-6, "MA/m", "T") if unit == "T" else _PER_VOLUME[unit] * 1e-6
    specimen = measurement.specimen
    by_mass = _relative_mass(measurement) if measurement.quantity == "specific_moment" else 0.0
    by_volume = 0.0 if measurement.quantity == "magnetization" else specimen.volume_uncertainty
    return Scale(unit=unit, factor=to_a_per_m * of_one, to_a_per_m=to_a_per_m, by_volume=by_volume, by_mass=by_mass)


def _to_a_per_m(measurement: Measurement) -> float | None:
    specimen = measurement.specimen
    if measurement.quantity == "magnetization":
        return 1.0
    if specimen.volume_mm3 is None:
        return None
    if measurement.quantity == "specific_moment":
        return None if specimen.density is None else specimen.density * 1e3
    return 1 / (specimen.volume_mm3 * 1e-9)


def _by_mass(measurement: Measurement, unit: str, molar_mass: float | None) -> Scale:
    of_one = convert_magnetization(1.0, "A.m2/kg", unit, molar_mass=molar_mass)
    specimen = measurement.specimen
    if measurement.quantity == "specific_moment":
        return Scale(unit=unit, factor=of_one, to_a_per_m=_to_a_per_m(measurement))
    if specimen.mass_mg is None:
        raise _missing(measurement, "mass", _STATE_MASS)
    if measurement.quantity == "magnetization":
        if specimen.density is None:
            raise _missing(measurement, "size", _STATE_SIZE)
        return Scale(
            unit=unit, factor=of_one / (specimen.density * 1e3), to_a_per_m=1.0,
            by_volume=specimen.volume_uncertainty, by_mass=_relative_mass(measurement),
        )  # fmt: skip
    return Scale(
        unit=unit, factor=of_one / (specimen.mass_mg * 1e-6), to_a_per_m=_to_a_per_m(measurement),
        by_mass=_relative_mass(measurement),
    )  # fmt: skip


def _relative_mass(measurement: Measurement) -> float:
    specimen = measurement.specimen
    return specimen.mass_uncertainty_mg / specimen.mass_mg if specimen.mass_mg else 0.0


def _require_plausible(measurement: Measurement) -> None:
    density = measurement.specimen.density
    if density is not None and not _DENSITY[0] <= density <= _DENSITY[1]:
        specimen = measurement.specimen
        found = f"{specimen.mass_mg:g} mg in {specimen.volume_mm3:.4g} mm³ are a density of {density:.3g} g/cm³"
        raise RejectedMeasurement(measurement.path, found, "Check mass (mg) and size (mm), and state the right ones.")


def _missing(measurement: Measurement, what: str, remedy: str) -> RejectedMeasurement:
    said = next((f" ({remark})" for remark in measurement.remarks if what in remark), "")
    return RejectedMeasurement(measurement.path, f"the {what} of the specimen is missing{said}", remedy + ".")
