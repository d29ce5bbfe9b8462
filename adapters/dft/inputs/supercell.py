"""Cells of whole atoms that look like a random alloy."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from loop.errors import AdapterError
from loop.records import content_key

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure

Counts = Mapping[str, int]


def whole_atoms(shares: Mapping[str, float], sites: int) -> dict[str, int]:
    """Round shares to whole atoms by largest remainder, ties in the order given.

    Parameters
    ----------
    shares
        Element → share; the sum is 1.
    sites
        How many atoms there are.
    """
    exact = {element: share * sites for element, share in shares.items()}
    counts = {element: int(np.floor(amount + 1e-9)) for element, amount in exact.items()}
    remainders = sorted(exact, key=lambda element: counts[element] - exact[element])
    for element in remainders[: sites - sum(counts.values())]:
        counts[element] += 1
    return {element: count for element, count in counts.items() if count}


def quasirandom(
    cell: Structure, sites: Sequence[np.ndarray], counts: Sequence[Counts], cutoff: float, steps: int
) -> Structure:
    """Distribute atoms so that their pair correlations are as close as possible to those of a random alloy.

    Special quasirandom structure: A. Zunger et al., Phys. Rev. Lett. 65, 353 (1990), found by icet's annealing.
    The same arguments always give the same cell.

    Parameters
    ----------
    cell
        The sites.
    sites
        Of each sublattice, indices into `cell`.
    counts
        Atoms of each element on each sublattice.
    cutoff
        Largest distance of pairs in Å.
    steps
        Of the annealing.

    Raises
    ------
    AdapterError
        Where icet is needed and not installed.
    """
    filled = cell.copy()
    for indices, atoms in zip(sites, counts, strict=True):
        symbols = np.repeat(list(atoms), list(atoms.values()))
        for index, symbol in zip(indices, symbols, strict=True):
            filled[int(index)] = str(symbol)
    if all(len(atoms) == 1 for atoms in counts):
        return filled
    return _annealed(filled, sites, counts, cutoff, steps)


def _annealed(
    filled: Structure, sites: Sequence[np.ndarray], counts: Sequence[Counts], cutoff: float, steps: int
) -> Structure:
    try:
        from icet import ClusterSpace
        from icet.tools.structure_generation import generate_sqs_from_supercells
    except ModuleNotFoundError as error:
        raise AdapterError(
            "a quasirandom supercell needs icet: install douka with its extra, pip install 'douka[sqs]'"
        ) from error
    from pymatgen.io.ase import AseAtomsAdaptor

    allowed: list[list[str]] = [[]] * len(filled)
    for indices, elements in zip(sites, counts, strict=True):
        for index in indices:
            allowed[int(index)] = sorted(elements)
    with warnings.catch_warnings():
        # How ase uses numpy.
        warnings.simplefilter("ignore", DeprecationWarning)
        atoms = AseAtomsAdaptor.get_atoms(filled, msonable=False)
        space = ClusterSpace(atoms, [cutoff], allowed)
        found = generate_sqs_from_supercells(
            space,
            [atoms],
            _concentrations(space, atoms, counts),
            n_steps=steps,
            random_seed=int(content_key(str(filled.composition), cutoff, steps), 16) % 2**31,
        )
        found.wrap()
        return AseAtomsAdaptor.get_structure(found)


def _concentrations(space: Any, atoms: Any, counts: Sequence[Counts]) -> dict[str, Any]:
    """What each sublattice of icet shall hold; its labels are looked up by element, they are not in our order."""
    wanted: dict[str, Any] = {}
    for lattice in space.get_sublattices(atoms):
        elements = set(lattice.chemical_symbols)
        if len(elements) > 1:
            mine = next(each for each in counts if set(each) == elements)
            wanted[lattice.symbol] = {element: count / sum(mine.values()) for element, count in mine.items()}
    return wanted if len(wanted) > 1 else next(iter(wanted.values()))
