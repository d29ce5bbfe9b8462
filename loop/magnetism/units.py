"""Units of magnetization, with what each conversion needs to know.

The loop computes in one unit a target, plain floats; values are converted where they come in. Only the
spellings listed here
are accepted: a unit parsed by guesswork is a wrong number sooner or later (``muB`` is *microbyte* to a general parser).
"""

from __future__ import annotations

import math

from scipy import constants

from loop.errors import UnitError

_MU_B = constants.physical_constants["Bohr magneton"][0]
_CUBIC_ANGSTROM = 1e-30
_PER_FORMULA_UNIT, _MASS, _POLARIZATION, _VOLUME = "muB/f.u.", "A.m2/kg", "T", "MA/m"

UNITS = {
    "muB/f.u.": _PER_FORMULA_UNIT,
    "μB/f.u.": _PER_FORMULA_UNIT,  # Greek mu
    "µB/f.u.": _PER_FORMULA_UNIT,  # micro sign
    "muB/fu": _PER_FORMULA_UNIT,
    "A.m2/kg": _MASS,
    "A m2/kg": _MASS,
    "A·m²/kg": _MASS,
    "A m^2/kg": _MASS,
    "emu/g": _MASS,
    "T": _POLARIZATION,
    "MA/m": _VOLUME,
}
"""Accepted spellings and the unit each stands for; 1 emu/g is 1 A·m²/kg, and T is the polarization J = μ₀M."""


def convert_magnetization(
    value: float, unit: str, to: str, *, volume: float | None = None, molar_mass: float | None = None
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

    Returns
    -------
    float
        In ``to``. From m in μB/f.u.: J = μ₀·m·μB/V (11.65406·m/V with V in Å³), σ = N_A·m·μB/M (5584.939·m/M with M in
        g/mol); constants from CODATA through SciPy.

    Raises
    ------
    UnitError
        Where a unit is unknown, or a volume or mass that the conversion needs is missing.
    """
    source, target = _known(unit), _known(to)
    if source == target:
        return value
    if {source, target} == {_POLARIZATION, _VOLUME}:
        volume = 1.0  # both are per volume, it cancels
    moment = value / _factor(source, unit, to, volume, molar_mass)
    return moment * _factor(target, unit, to, volume, molar_mass)


def _known(unit: str) -> str:
    if unit not in UNITS:
        raise UnitError(f"unit {unit!r} is unknown, expected one of {', '.join(UNITS)}")
    return UNITS[unit]


def _factor(kind: str, unit: str, to: str, volume: float | None, molar_mass: float | None) -> float:
    """What one μB/f.u. is in a unit."""
    if kind == _PER_FORMULA_UNIT:
        return 1.0
    if kind == _MASS:
        if molar_mass is None or not 0 < molar_mass < math.inf:
            raise UnitError(f"from {unit} to {to}: the molar mass is missing or not positive")
        return float(constants.N_A * _MU_B / (molar_mass * 1e-3))
    if volume is None or not 0 < volume < math.inf:
        raise UnitError(f"from {unit} to {to}: the volume of a formula unit is missing or not positive")
    per_volume = _MU_B / (volume * _CUBIC_ANGSTROM)
    return float(constants.mu_0 * per_volume) if kind == _POLARIZATION else float(per_volume * 1e-6)
