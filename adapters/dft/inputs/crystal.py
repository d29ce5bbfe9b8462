"""From a design point to a crystal: a virtual one, a random one, or an ordered one that is nearest."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import numpy as np
from pydantic import Field, PositiveFloat, PositiveInt, model_validator

from adapters.dft.inputs.prototypes import structure_named
from adapters.dft.inputs.sublattices import sites_of, sublattices_of
from adapters.dft.inputs.supercell import quasirandom, whole_atoms
from adapters.options import Options
from loop.errors import CampaignError, DataError
from loop.space import Space

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pymatgen.core.structure import Structure

Name = Annotated[str, Field(min_length=1)]


class CrystalOptions(Options):
    """``options.crystal``: what is calculated at a composition.

    Parameters
    ----------
    structure
        A known name (``bcc``, ``fcc``, ``B2``, ``D0_3``, ``2-14-1``) or a file (CIF, POSCAR); several of them for
        ``disorder = "ordered"``.
    lattice
        Edge a of the conventional cell in Å; that of the structure if absent.
    disorder
        ``fractions``: elements share a site (Elk: virtual crystal; AkaiKKR: coherent potential). ``quasirandom``: whole
        atoms, arranged as randomly as the cell permits. ``ordered``: the given structure whose composition is nearest.
        If absent, fractions where the code takes them, quasirandom otherwise.
    supercell
        Repetitions of the structure along its axes, for quasirandom cells.
    cutoff
        Largest distance of pairs in Å that a quasirandom cell gets right.
    steps
        Of the search for a quasirandom cell.
    """

    structure: Name | tuple[Name, ...] = "bcc"
    lattice: PositiveFloat | None = None
    disorder: Literal["fractions", "quasirandom", "ordered"] | None = None
    supercell: tuple[PositiveInt, PositiveInt, PositiveInt] = (1, 1, 1)
    cutoff: PositiveFloat = 5.0
    steps: PositiveInt = 5000

    @model_validator(mode="after")
    def _consistent(self) -> CrystalOptions:
        if not isinstance(self.structure, str) and (self.disorder != "ordered" or not self.structure):
            raise ValueError("several structures are for disorder = 'ordered'; give one structure otherwise")
        return self

    @property
    def names(self) -> tuple[str, ...]:
        """The structures."""
        return (self.structure,) if isinstance(self.structure, str) else self.structure


class Crystals:
    """The crystals of a design space.

    Parameters
    ----------
    options
        What is calculated.
    space
        Has a formula.
    folder
        Of the campaign; structure files are relative to it.
    fractions
        Whether the code can treat a site that elements share.

    Raises
    ------
    CampaignError
        Where the space has no formula, or formula and structure do not belong together.
    """

    def __init__(self, options: CrystalOptions, space: Space, folder: Path, *, fractions: bool) -> None:
        if space.formula is None:
            raise CampaignError("a calculation needs [space] formula, to know which atoms are where")
        self._options, self._space, self._formula = options, space, space.formula
        self._kind = options.disorder or ("fractions" if fractions else "quasirandom")
        if self._kind == "fractions" and not fractions:
            raise CampaignError(
                "disorder = 'fractions': this code needs whole atoms; expected 'quasirandom' or 'ordered'"
            )
        found = [structure_named(name, folder, options.lattice) for name in options.names]
        if self._kind == "ordered":
            self._cells = found
            return
        self._lattices = sublattices_of(self._formula)
        times = options.supercell if self._kind == "quasirandom" else (1, 1, 1)
        self._cell = found[0] * times
        self._sites = sites_of(self._cell, self._lattices, f"structure {options.names[0]!r}")

    def at(self, x: Sequence[float]) -> Structure:
        """Make the crystal of a design point; its composition may have been rounded to whole atoms.

        Parameters
        ----------
        x
            Design point.

        Raises
        ------
        DataError
            Where the point lies outside the space.
        AdapterError
            Where icet is needed and not installed.
        """
        self._space.check_inside(x)
        if self._kind == "ordered":
            return self._nearest(x)
        shares = [lattice.shares(self._formula, x) for lattice in self._lattices]
        if self._kind == "fractions":
            return self._shared(shares)
        counts = [whole_atoms(each, len(sites)) for each, sites in zip(shares, self._sites, strict=True)]
        return quasirandom(self._cell, self._sites, counts, self._options.cutoff, self._options.steps)

    def realised(self, crystal: Structure, x: Sequence[float]) -> tuple[float, ...]:
        """The design point of a crystal that was made for a point; what a composition does not say is the point's.

        Raises
        ------
        DataError
            Where its composition lies outside the space.
        """
        return self._space.point_of(crystal.composition.get_el_amt_dict(), self._space.beside(x))[0]

    def _nearest(self, x: Sequence[float]) -> Structure:
        distances = [float(np.linalg.norm(np.subtract(self.realised(cell, x), x))) for cell in self._cells]
        return self._cells[int(np.argmin(distances))].copy()

    def _shared(self, shares: Sequence[dict[str, float]]) -> Structure:
        crystal = self._cell.copy()
        for sites, elements in zip(self._sites, shares, strict=True):
            for index in sites:
                crystal.replace(int(index), elements)
        return crystal


def require_whole_atoms(crystal: Structure, title: str) -> None:
    """Refuse a crystal with a site that elements share.

    Raises
    ------
    DataError
        Naming the site.
    """
    for site in crystal:
        if not site.is_ordered:
            raise DataError(f"{title} needs whole atoms, found {site.species_string}; use disorder = 'quasirandom'")
