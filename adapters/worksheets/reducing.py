"""From a measurement file to the value that a slot asks for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.magnetometry import (
    CurieTemperature,
    Measurement,
    RejectedMeasurement,
    Saturation,
    curie_temperature,
    read_measurement,
    saturation_magnetization,
)
from adapters.magnetometry.section import isotherms
from loop.magnetism import UNITS

KELVIN = "K"


@dataclass(frozen=True, eq=False)
class Reduced:
    """A value read from a measurement.

    Parameters
    ----------
    measurement
        The file.
    found
        What follows from it.
    """

    measurement: Measurement
    found: Saturation | CurieTemperature

    @property
    def value(self) -> float:
        """In :attr:`unit`."""
        return self.found.value

    @property
    def uncertainty(self) -> float:
        """Standard uncertainty."""
        return self.found.uncertainty

    @property
    def unit(self) -> str:
        """Of the value."""
        return self.found.unit if isinstance(self.found, Saturation) else KELVIN

    @property
    def method(self) -> str:
        """How it was found, in one line with the spread."""
        return self.found.method if isinstance(self.found, Saturation) else self.found.summary


def reduced(
    file: Path,
    unit: str | None,
    *,
    molar_mass: float | None = None,
    mass_mg: float | None = None,
    size_mm: Sequence[float] | None = None,
    temperature: float | None = None,
    mode: str | None = None,
    part: int | None = None,
) -> Reduced:
    """Read a measurement and find what a unit asks for: a Curie temperature in K, else a saturation magnetization.

    Parameters
    ----------
    file
        Of a magnetometer.
    unit
        K, or one of a magnetization; None for the usual one of a magnetization, or K where there is no curve M(H).
    molar_mass
        Of a formula unit in g/mol.
    mass_mg, size_mm, mode, part
        As in :func:`~adapters.magnetometry.read_measurement`.
    temperature
        In K, of the curve M(H) to use.

    Raises
    ------
    RejectedMeasurement
        With reason and remedy.
    """
    measurement = read_measurement(file, mass_mg=mass_mg, size_mm=size_mm, mode=mode, part=part)
    if unit == KELVIN or (unit is None and not isotherms(measurement)):
        return Reduced(measurement, curie_temperature(measurement))
    wanted = UNITS.get(unit, unit) if unit is not None else None
    if wanted == "muB/atom":
        raise RejectedMeasurement(
            file, "a file says nothing of atoms", "Give the target another unit, such as A.m2/kg."
        )
    found = saturation_magnetization(measurement, unit=wanted, temperature=temperature, molar_mass=molar_mass)
    return Reduced(measurement, found)
