"""How many grams of what make a sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from loop.errors import CampaignError, CompositionError
from loop.space import Formula, Space, element_mass
from loop.synthesis_table import SynthesisTable

_TOLERANCE = 1e-9


@dataclass(frozen=True)
class WeighOut:
    """What to weigh for one sample.

    Parameters
    ----------
    grams
        Of each precursor, in the order of the campaign file; 0 for those that are not needed.
    batch_mass
        Grams of the compound.
    """

    grams: Mapping[str, float]
    batch_mass: float

    @property
    def needed(self) -> dict[str, float]:
        """Grams of the precursors that are needed at all."""
        return {name: mass for name, mass in self.grams.items() if mass > 0}

    def __str__(self) -> str:
        return ", ".join(f"{name} {mass:.4f} g" for name, mass in self.needed.items())


@dataclass(frozen=True)
class Precursor:
    """Something that is weighed.

    Parameters
    ----------
    name
        In the campaign file.
    amounts
        Atoms of each element in a formula unit.
    purity
        Share of its mass that is the formula.
    """

    name: str
    amounts: Mapping[str, float]
    purity: float

    @property
    def molar_mass(self) -> float:
        """Grams a mole of formula units, impurities not counted."""
        return sum(count * element_mass(element) for element, count in self.amounts.items())


class Synthesis:
    """The recipes of a campaign.

    Parameters
    ----------
    table
        ``[synthesis]``.
    space
        Design space; must have a formula.

    Raises
    ------
    CampaignError
        Naming the key: a precursor that is no formula or brings a foreign element, an element that no precursor brings,
        precursors that can stand for each other, an excess of what is not in the formula.
    """

    def __init__(self, table: SynthesisTable, space: Space) -> None:
        if space.formula is None:
            raise CampaignError("[synthesis] needs [space] formula, to know what is to be made")
        self.table = table
        self._formula = space.formula
        self._elements = sorted({site.element for site in space.formula.sites})
        self._precursors = [
            Precursor(name, _amounts(name, entry.formula or name), entry.purity)
            for name, entry in table.precursors.items()
        ]
        self._matrix = np.array(
            [[precursor.amounts.get(element, 0.0) for precursor in self._precursors] for element in self._elements]
        )
        self._require_sound()

    @property
    def conditions(self) -> Mapping[str, str | float]:
        """How it is done."""
        return self.table.conditions

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the precursors."""
        return tuple(precursor.name for precursor in self._precursors)

    def weigh_out(self, x: Sequence[float]) -> WeighOut:
        """Say what to weigh for one batch of a design point.

        Parameters
        ----------
        x
            Design point.

        Returns
        -------
        WeighOut
            With n moles of precursor j and s its atoms of element e: ``Σ_j s_je n_j = N·a_e·(1 + excess_e)``, where the
            compound has a_e atoms a formula unit and N = batch mass / molar mass; mass_j = n_j·M_j/purity_j.

        Raises
        ------
        CompositionError
            Where the precursors cannot make the composition.
        """
        amounts = self._formula.amounts(x)
        of_unit = sum(count * element_mass(element) for element, count in amounts.items())
        units = self.table.batch_mass / of_unit
        wanted = np.array(
            [units * max(0.0, amounts[name]) * (1 + self.table.excess.get(name, 0.0)) for name in self._elements]
        )
        from scipy.optimize import nnls  # half a second to import: most cycles need none of it

        moles, misfit = nnls(self._matrix, wanted)
        if misfit > _TOLERANCE * float(np.linalg.norm(wanted)):
            short = self._elements[int(np.argmax(np.abs(self._matrix @ moles - wanted)))]
            raise CompositionError(
                f"{self._formula.label(x)} cannot be made of {', '.join(self.names)}: {short} does not fit"
            )
        least = _TOLERANCE * float(wanted.max())
        grams = {
            precursor.name: float(n) * precursor.molar_mass / precursor.purity if n > least else 0.0
            for precursor, n in zip(self._precursors, moles, strict=True)
        }
        return WeighOut(grams, self.table.batch_mass)

    def _require_sound(self) -> None:
        known = set(self._elements)
        for precursor in self._precursors:
            foreign = sorted(set(precursor.amounts) - known - set(self.table.lost))
            if foreign:
                raise CampaignError(
                    f"synthesis.precursors.{precursor.name} brings {', '.join(foreign)}, which is not in "
                    f"{self._formula.template}: name it in synthesis.lost if it is driven out"
                )
        for element in self._elements:
            if not any(precursor.amounts.get(element) for precursor in self._precursors):
                raise CampaignError(f"synthesis.precursors: none brings {element}, expected one that does")
        for element in [*self.table.excess]:
            if element not in known:
                raise CampaignError(f"synthesis.excess.{element}: not in {self._formula.template}")
        for element in self.table.lost:
            if element in known:
                raise CampaignError(f"synthesis.lost: {element} is in {self._formula.template}, so it must stay")
        if np.linalg.matrix_rank(self._matrix) < len(self._precursors):
            raise CampaignError(
                f"synthesis.precursors: {', '.join(self.names)} can stand for each other, so the amounts are not "
                "determined: leave one out"
            )


def _amounts(name: str, formula: str) -> dict[str, float]:
    try:
        return Formula.parse(formula, ()).amounts(())
    except CampaignError as error:
        raise CampaignError(f"synthesis.precursors.{name}: {error}") from error
