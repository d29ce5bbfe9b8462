"""Units of magnetization: closed loops, known facts, and what is refused."""

from __future__ import annotations

import itertools
import math

import pint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loop.errors import UnitError
from loop.magnetism import UNITS, convert_magnetization

NUMBERS = st.floats(1e-6, 1e6)
SPELLINGS = st.sampled_from(sorted(UNITS))

# bcc iron, 2.22 μB an atom, a = 2.8665 Å, two atoms a cell: /work/shared/notes/dft.md
IRON = {"muB/f.u.": 2.22, "T": 2.197, "MA/m": 1.748, "A.m2/kg": 222.0}
IRON_VOLUME, IRON_MASS = 2.8665**3 / 2, 55.845


@pytest.mark.parametrize(("unit", "to"), list(itertools.permutations(IRON, 2)))
def test_iron_is_iron_in_every_unit(unit: str, to: str) -> None:
    found = convert_magnetization(IRON[unit], unit, to, volume=IRON_VOLUME, molar_mass=IRON_MASS)
    assert found == pytest.approx(IRON[to], rel=5e-4)


def test_factors_are_those_of_the_notes() -> None:
    assert convert_magnetization(1, "muB/f.u.", "T", volume=1) == pytest.approx(11.65406, rel=1e-6)
    assert convert_magnetization(1, "muB/f.u.", "A.m2/kg", molar_mass=1) == pytest.approx(5584.939, rel=1e-6)


def test_polarization_is_mu0_times_magnetization_whatever_the_volume() -> None:
    assert convert_magnetization(1.0, "MA/m", "T") == pytest.approx(4e-7 * math.pi * 1e6, rel=1e-8)


@settings(deadline=None)  # the first conversion imports pint
@given(
    value=st.floats(-1e6, 1e6),
    loop=st.lists(SPELLINGS, min_size=1, max_size=6),
    volume=NUMBERS,
    mass=NUMBERS,
    atoms=st.integers(1, 100),
    by_density=st.booleans(),
)
def test_every_closed_loop_returns(
    value: float, loop: list[str], volume: float, mass: float, atoms: int, by_density: bool
) -> None:
    size = {"density": mass / volume} if by_density else {"volume": volume}
    found = value
    for unit, to in itertools.pairwise([*loop, loop[0]]):
        found = convert_magnetization(found, unit, to, **size, molar_mass=mass, atoms=atoms)
    assert found == pytest.approx(value, rel=1e-12)


@settings(deadline=None)
@given(value=NUMBERS, factor=NUMBERS, unit=SPELLINGS, to=SPELLINGS, volume=NUMBERS, mass=NUMBERS)
def test_conversion_is_linear(value: float, factor: float, unit: str, to: str, volume: float, mass: float) -> None:
    one = convert_magnetization(value, unit, to, volume=volume, molar_mass=mass, atoms=17)
    many = convert_magnetization(factor * value, unit, to, volume=volume, molar_mass=mass, atoms=17)
    assert many == pytest.approx(factor * one, rel=1e-12)


@given(unit=SPELLINGS)
def test_spellings_of_one_unit_need_nothing(unit: str) -> None:
    assert convert_magnetization(1.5, unit, UNITS[unit]) == 1.5


@pytest.mark.parametrize("spelling", ["muB", "emu", "µB", "Am2/kg", "t", "", "kA/m", "A/m", "microbyte"])
def test_an_unknown_unit_is_named(spelling: str) -> None:
    with pytest.raises(UnitError, match=f"unit '{spelling}' is unknown, expected one of"):
        convert_magnetization(1, spelling, "T", volume=1)
    with pytest.raises(UnitError, match=f"unit '{spelling}' is unknown"):
        convert_magnetization(1, "T", spelling, volume=1)


@pytest.mark.parametrize("missing", [None, 0.0, -1.0, math.nan, math.inf])
@pytest.mark.parametrize(("unit", "to"), [("T", "muB/f.u."), ("muB/f.u.", "MA/m"), ("emu/g", "T")])
def test_a_missing_volume_is_named(unit: str, to: str, missing: float | None) -> None:
    with pytest.raises(UnitError, match=f"from {unit} to {to}: the volume"):
        convert_magnetization(1, unit, to, volume=missing, molar_mass=50)


@pytest.mark.parametrize("missing", [None, 0.0, -1.0, math.nan, math.inf])
@pytest.mark.parametrize(("unit", "to"), [("emu/g", "muB/f.u."), ("muB/f.u.", "A.m2/kg"), ("T", "emu/g")])
def test_a_missing_mass_is_named(unit: str, to: str, missing: float | None) -> None:
    with pytest.raises(UnitError, match=f"from {unit} to {to}: the molar mass"):
        convert_magnetization(1, unit, to, volume=11, molar_mass=missing)


@pytest.mark.parametrize("missing", [None, 0, -1])
@pytest.mark.parametrize(("unit", "to"), [("muB/atom", "muB/f.u."), ("T", "muB/atom")])
def test_a_missing_number_of_atoms_is_named(unit: str, to: str, missing: int | None) -> None:
    with pytest.raises(UnitError, match=f"from {unit} to {to}: the number of atoms"):
        convert_magnetization(1, unit, to, volume=11, molar_mass=50, atoms=missing)


def test_a_density_does_for_the_volume() -> None:
    # bcc iron again: two atoms of 55.845 g/mol in a cube of 2.8665 Å
    density = 2 * 55.845 / 6.02214076e23 / (2.8665e-8) ** 3
    assert convert_magnetization(2.22, "muB/atom", "T", density=density, molar_mass=55.845, atoms=1) == pytest.approx(
        convert_magnetization(2.22, "muB/atom", "T", volume=IRON_VOLUME, atoms=1), rel=1e-12
    )
    # J = μ₀ρσ needs no mass
    assert convert_magnetization(222.0, "emu/g", "T", density=7.87) == pytest.approx(4e-7 * math.pi * 7870 * 222)


@pytest.mark.parametrize("density", [0.0, -1.0, math.nan, math.inf])
def test_an_impossible_density_is_named(density: float) -> None:
    with pytest.raises(UnitError, match="from emu/g to T: the density"):
        convert_magnetization(1, "emu/g", "T", density=density)


def test_pint_alone_would_have_misread_the_traps() -> None:
    """Why there is a list of spellings: what pint makes of two of ours."""
    registry = pint.UnitRegistry()
    assert str(registry.Unit("muB")) == "microbyte"
    with pytest.raises(pint.UndefinedUnitError):
        registry.Unit("emu")
