"""Units of magnetization, with what each conversion needs to know.

The loop computes in one unit a target, plain floats; values are converted where they come in, through pint. Only the
spellings listed here are accepted: a unit parsed by guesswork is a wrong number sooner or later (``muB`` is *microbyte*
to pint, and ``emu`` is none of its units).
"""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

from loop.errors import UnitError

if TYPE_CHECKING:
    from pint import UnitRegistry

_PER_FORMULA_UNIT, _PER_ATOM, _MASS, _POLARIZATION, _VOLUME = "muB/f.u.", "muB/atom", "A.m2/kg", "T", "MA/m"

UNITS = {
    "muB/f.u.": _PER_FORMULA_UNIT,
    "μB/f.u.": _PER_FORMULA_UNIT,  # Greek mu
    "µB/f.u.": _PER_FORMULA_UNIT,  # micro sign
    "muB/fu": _PER_FORMULA_UNIT,
    "muB/atom": _PER_ATOM,
    "μB/atom": _PER_ATOM,  # Greek mu
    "µB/atom": _PER_ATOM,  # micro sign
    "A.m2/kg": _MASS,
    "A m2/kg": _MASS,
    "A·m²/kg": _MASS,
    "A m^2/kg": _MASS,
    "emu/g": _MASS,
    "T": _POLARIZATION,
    "MA/m": _VOLUME,
}
"""Accepted spellings and the unit each stands for; 1 emu/g is 1 A·m²/kg, and T is the polarization J = μ₀M."""

_EXPRESSIONS = {
    _MASS: ("avogadro_number * bohr_magneton / gram", "ampere * meter ** 2 / kilogram"),
    _POLARIZATION: ("vacuum_permeability * bohr_magneton / angstrom ** 3", "tesla"),
    _VOLUME: ("bohr_magneton / angstrom ** 3", "megaampere / meter"),
}
"""What 1 μB is, in 1 g/mol or in 1 Å³, and the unit of it, in pint's words."""


def convert_magnetization(
    value: float,
    unit: str,
    to: str,
    *,
    volume: float | None = None,
    molar_mass: float | None = None,
    density: float | None = None,
    atoms: float | None = None,
) -> float:
    """Convert a magnetization.

    Parameters
    ----------
    value
        In ``unit``.
    unit, to
        Accepted spellings (:data:`UNITS`).
    volume
        Volume of a formula unit in Å³, needed between per-volume units (T, MA/m) and the others.
    molar_mass
        Mass of a formula unit in g/mol, needed between A·m²/kg and the others.
    density
        In g/cm³; does for the volume where the molar mass is known, and for both between A·m²/kg and per-volume units.
    atoms
        Number of atoms in a formula unit, needed between μB/atom and the others.

    Returns
    -------
    float
        In ``to``. From m in μB/f.u.: J = μ₀·m·μB/V (11.65406·m/V with V in Å³), σ = N_A·m·μB/M (5584.939·m/M with M in
        g/mol); constants from CODATA through pint.

    Raises
    ------
    UnitError
        Where a unit is unknown, or a volume, mass, density or number of atoms that the conversion needs is missing.
    """
    source, target = _known(unit), _known(to)
    if source == target:
        return value
    if {source, target} == {_POLARIZATION, _VOLUME}:
        volume = 1.0  # both are per volume, it cancels
    if density is not None and volume is None:
        if source in _EXPRESSIONS and target in _EXPRESSIONS and molar_mass is None:
            molar_mass = 1.0  # it cancels
        volume = _volume(density, molar_mass, unit, to)
    known = {_MASS: molar_mass, _POLARIZATION: volume, _VOLUME: volume, _PER_ATOM: atoms}
    return value / _factor(source, known, unit, to) * _factor(target, known, unit, to)


def _known(unit: str) -> str:
    if unit not in UNITS:
        raise UnitError(f"unit {unit!r} is unknown, expected one of {', '.join(UNITS)}")
    return UNITS[unit]


_NAMES = {
    _MASS: "molar mass",
    _POLARIZATION: "volume of a formula unit",
    _VOLUME: "volume of a formula unit",
    _PER_ATOM: "number of atoms in a formula unit",
}


def _factor(kind: str, known: dict[str, float | None], unit: str, to: str) -> float:
    """What one μB/f.u. is in a unit."""
    if kind == _PER_FORMULA_UNIT:
        return 1.0
    size = _positive(known[kind], _NAMES[kind], unit, to)
    return 1.0 / size if kind == _PER_ATOM else _constant(kind) / size


def _positive(size: float | None, name: str, unit: str, to: str) -> float:
    if size is None or not 0 < size < math.inf:
        raise UnitError(f"from {unit} to {to}: the {name} is missing or not positive")
    return size


def _volume(density: float, molar_mass: float | None, unit: str, to: str) -> float | None:
    """Volume of a formula unit in Å³; None where its mass is not known."""
    if molar_mass is None:
        return None
    mass, density = _positive(molar_mass, "molar mass", unit, to), _positive(density, "density", unit, to)
    return mass / density * _in("gram / avogadro_number / (gram / centimeter ** 3)", "angstrom ** 3")


def _constant(kind: str) -> float:
    return _in(*_EXPRESSIONS[kind])


@cache
def _in(expression: str, unit: str) -> float:
    """Value of an expression in a unit."""
    return float(_registry().Quantity(expression).to(unit).magnitude)


@cache
def _registry() -> UnitRegistry[float]:
    """Make the one registry; pint is slow to import, so only what converts pays for it."""
    from pint import UnitRegistry

    return UnitRegistry()
