"""Checks that every calculation passes, whatever code it came from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from adapters.dft.rejected import RejectedCalculation

if TYPE_CHECKING:
    from adapters.dft.calculation import Calculation

TRANSITION_METALS = frozenset({"Cr", "Mn", "Fe", "Co", "Ni"})
"""3d elements of which a calculation without a moment is suspicious."""

OPEN_4F = frozenset("Ce Pr Nd Pm Sm Eu Gd Tb Dy Ho Er Tm Yb".split())  # noqa: SIM905  reads as a table
"""Rare earths whose 4f shell carries a moment unless the potential freezes it."""

LEAST_MOMENT = 0.01
"""μB per magnetic atom below which a solution counts as non-magnetic."""

SITE_MOMENT = 0.1
"""μB in one sphere above which a cell without a net moment is called antiferromagnetic."""


def plausible(calculation: Calculation) -> Calculation:
    """Return the calculation if its numbers can be true.

    Raises
    ------
    RejectedCalculation
        A number is not finite, the cell has no volume or no atoms, or there is no moment
        (< 0.01 μB per magnetic atom) where Cr, Mn, Fe, Co, Ni or an open 4f shell leads to expect one.
    """
    _finite(calculation)
    atoms = magnetic_atoms(calculation)
    if atoms and abs(calculation.moment_per_cell) < LEAST_MOMENT * sum(atoms.values()):
        raise RejectedCalculation(calculation.path, *_without_moment(calculation, list(atoms)))
    return calculation


def magnetic_atoms(calculation: Calculation) -> dict[str, float]:
    """Return element → atoms per cell of those expected to carry a moment in this calculation."""
    expected = TRANSITION_METALS | (OPEN_4F - set(calculation.frozen_4f))
    return {element: n for element, n in calculation.composition.items() if element in expected and n > 0}


def _finite(calculation: Calculation) -> None:
    numbers = {
        "moment": calculation.moment_per_cell,
        "volume": calculation.volume,
        "energy": 0.0 if calculation.energy is None else calculation.energy,
        **{f"amount of {element}": n for element, n in calculation.composition.items()},
    }
    wrong = [f"{name} = {value}" for name, value in numbers.items() if not math.isfinite(value)]
    if calculation.volume <= 0:
        wrong.append(f"volume = {calculation.volume} Å³, expected > 0")
    if calculation.n_atoms < 1 or not calculation.composition:
        wrong.append("no atoms in the cell")
    if wrong:
        remedy = "Look for overflow (****) or NaN in the output and calculate again."
        raise RejectedCalculation(calculation.path, f"not usable: {', '.join(wrong)}", remedy)


def _without_moment(calculation: Calculation, elements: list[str]) -> tuple[str, str]:
    moment = f"moment {calculation.moment_per_cell:.4f} μB per cell although it holds {', '.join(elements)}"
    sites, start = calculation.site_moments or (), calculation.initial_moments or ()
    if max(map(abs, sites), default=0.0) > SITE_MOMENT:
        largest = max(map(abs, sites))
        return (
            f"antiferromagnet: {moment}; its sites carry up to {largest:.2f} μB that cancel",
            "If ferromagnetic order was meant, start it with all moments parallel.",
        )
    absolute = calculation.absolute_moment or 0.0
    if absolute > SITE_MOMENT:
        return (
            f"antiferromagnet: {moment}; the magnitude of its spin density adds up to {absolute:.2f} μB",
            "If ferromagnetic order was meant, start it with all moments parallel.",
        )
    if start and min(start) < 0 < max(start):
        return (
            f"antiferromagnetic start: {moment}, started with moments of both signs",
            "If ferromagnetic order was meant, start it with all moments parallel.",
        )
    return (
        f"converged to a non-magnetic solution (started without initial moments?): {moment}",
        "Start again with moments on these atoms (MAGMOM, starting_magnetization, bfcmt).",
    )
