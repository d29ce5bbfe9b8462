"""Which sites of a crystal belong to which part of the formula."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from loop.errors import CampaignError
from loop.space import Formula

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure

_ROUNDING = 1e-6


@dataclass(frozen=True)
class Sublattice:
    """Elements that share the same sites.

    Parameters
    ----------
    elements
        Their symbols.
    places
        Where they stand in ``formula.sites``.
    amount
        Sites in a formula unit.
    """

    elements: tuple[str, ...]
    places: tuple[int, ...]
    amount: float

    def shares(self, formula: Formula, x: Sequence[float]) -> dict[str, float]:
        """Share of each element at a design point, those that are absent left out; the sum is 1."""
        amounts = formula.occupancies(x)[list(self.places)]
        found: dict[str, float] = {}
        for element, amount in zip(self.elements, amounts / amounts.sum(), strict=True):
            if amount > _ROUNDING:
                found[element] = found.get(element, 0.0) + round(float(amount), 10)
        return found


def sublattices_of(formula: Formula) -> tuple[Sublattice, ...]:
    """Divide a formula into sublattices: neighbours whose amounts sum to the same whole number at every point.

    Raises
    ------
    CampaignError
        Where the amounts never add up, so that nobody can tell which elements replace each other.
    """
    found: list[Sublattice] = []
    start, total, slope = 0, 0.0, np.zeros(len(formula.variables))
    for place, site in enumerate(formula.sites):
        total += site.occupancy.constant
        slope = slope + site.occupancy.vector(formula.variables)
        if abs(total - round(total)) < _ROUNDING and round(total) > 0 and not slope.any():
            places = tuple(range(start, place + 1))
            elements = tuple(formula.sites[index].element for index in places)
            found.append(Sublattice(elements, places, total * site.multiplicity))
            start, total, slope = place + 1, 0.0, np.zeros(len(formula.variables))
    if start < len(formula.sites):
        left = ", ".join(site.element for site in formula.sites[start:])
        raise CampaignError(
            f"the formula {formula.template!r}: the amounts of {left} do not sum to a whole number at every point, "
            "so their sites cannot be told; write them next to each other, as in (Fe{1-a}Co{a})14"
        )
    return tuple(found)


def sites_of(structure: Structure, sublattices: Sequence[Sublattice], where: str) -> tuple[np.ndarray, ...]:
    """Indices of the sites of each sublattice.

    Parameters
    ----------
    structure
        Its elements say to which sublattice a site belongs: any element of that sublattice will do.
    sublattices
        Of the formula.
    where
        What messages call the structure.

    Raises
    ------
    CampaignError
        Where an element belongs to no sublattice or to two, or the numbers of sites are not those of the formula.
    """
    members = [_member(site.species.elements[0].symbol, sublattices, where) for site in structure]
    found = tuple(np.flatnonzero(np.array(members) == number) for number in range(len(sublattices)))
    units = {round(len(sites) / lattice.amount, 6) for sites, lattice in zip(found, sublattices, strict=True)}
    if len(units) != 1:
        expected = ", ".join(f"{'/'.join(lattice.elements)} {lattice.amount:g}" for lattice in sublattices)
        counted = ", ".join(str(len(sites)) for sites in found)
        raise CampaignError(f"{where} has {counted} sites for {expected} of the formula, expected the same proportions")
    return found


def _member(element: str, sublattices: Sequence[Sublattice], where: str) -> int:
    numbers = [number for number, lattice in enumerate(sublattices) if element in lattice.elements]
    if len(numbers) == 1:
        return numbers[0]
    parts = "; ".join("/".join(lattice.elements) for lattice in sublattices)
    count = "none" if not numbers else "more than one"
    raise CampaignError(f"{where}: its element {element} belongs to {count} of the sublattices {parts}")
