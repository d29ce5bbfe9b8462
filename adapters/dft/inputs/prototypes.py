"""Crystal structures that are known by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from loop.errors import CampaignError

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure


@dataclass(frozen=True)
class Prototype:
    """A structure known by name.

    Parameters
    ----------
    make
        Makes its cell, in Å.
    edge
        Edge a of its conventional cell in Å.
    """

    make: Callable[[], Structure]
    edge: float


def structure_named(name: str, folder: Path, edge: float | None = None) -> Structure:
    """Find a structure.

    Parameters
    ----------
    name
        One of :data:`PROTOTYPES`, or a file that pymatgen reads (CIF, POSCAR, …), relative to `folder`.
    folder
        Of the campaign.
    edge
        Edge a of its conventional cell in Å, for a file that of the cell in it; as it is if None. c/a and b/a stay.

    Raises
    ------
    CampaignError
        Where there is neither, or the file cannot be read.
    """
    if name in PROTOTYPES:
        structure, own = PROTOTYPES[name].make(), PROTOTYPES[name].edge
    else:
        structure = _from_file(folder / name)
        own = float(structure.lattice.a)
    if edge is not None:
        structure.scale_lattice(structure.volume * (edge / own) ** 3)
    return structure


def _from_file(file: Path) -> Structure:
    if not file.is_file():
        raise CampaignError(
            f"structure {file} is no file, and its name none of the known ones: {', '.join(PROTOTYPES)}"
        )
    from pymatgen.core.structure import Structure

    try:
        return Structure.from_file(file)
    except Exception as error:
        raise CampaignError(f"structure {file}: cannot be read ({error})") from error


def _body_centred() -> Structure:
    """Iron, one atom; a = 2.86 Å."""
    from pymatgen.core.structure import Structure

    a = 2.86 / 2
    return Structure([[-a, a, a], [a, -a, a], [a, a, -a]], ["Fe"], [[0, 0, 0]])


def _face_centred() -> Structure:
    """Nickel, one atom; a = 3.52 Å."""
    from pymatgen.core.structure import Structure

    a = 3.52 / 2
    return Structure([[0, a, a], [a, 0, a], [a, a, 0]], ["Ni"], [[0, 0, 0]])


def _cesium_chloride() -> Structure:
    """FeCo, two atoms; a = 2.86 Å."""
    from pymatgen.core.lattice import Lattice
    from pymatgen.core.structure import Structure

    return Structure(Lattice.cubic(2.86), ["Fe", "Co"], [[0.0, 0.0, 0.0], [0.5, 0.5, 0.5]])


def _bismuth_fluoride() -> Structure:
    """Fe3Co, four atoms; a = 5.72 Å, twice that of bcc."""
    from pymatgen.core.structure import Structure

    a = 2.86
    cell = [[0, a, a], [a, 0, a], [a, a, 0]]
    return Structure(cell, ["Co", "Fe", "Fe", "Fe"], [[0.0] * 3, [0.25] * 3, [0.5] * 3, [0.75] * 3])


def _two_fourteen_one() -> Structure:
    """Nd2Fe14B, 68 atoms: J. F. Herbst et al., Phys. Rev. B 29, 4176 (1984); a = 8.80 Å, c = 12.20 Å."""
    from pymatgen.core.lattice import Lattice
    from pymatgen.core.structure import Structure

    sites = [
        ("Nd", (0.268, 0.268, 0.0)),  # 4f
        ("Nd", (0.140, -0.140, 0.0)),  # 4g
        ("Fe", (0.5, 0.5, 0.114)),  # 4e
        ("Fe", (0.0, 0.5, 0.0)),  # 4c
        ("Fe", (0.098, 0.098, 0.204)),  # 8j1
        ("Fe", (0.317, 0.317, 0.246)),  # 8j2
        ("Fe", (0.223, 0.567, 0.127)),  # 16k1
        ("Fe", (0.037, 0.360, 0.176)),  # 16k2
        ("B", (0.371, -0.371, 0.0)),  # 4g
    ]
    elements, positions = [element for element, _ in sites], [position for _, position in sites]
    return Structure.from_spacegroup("P4_2/mnm", Lattice.tetragonal(8.80, 12.20), elements, positions)


PROTOTYPES: Mapping[str, Prototype] = {
    "bcc": Prototype(_body_centred, 2.86),
    "fcc": Prototype(_face_centred, 3.52),
    "B2": Prototype(_cesium_chloride, 2.86),
    "D0_3": Prototype(_bismuth_fluoride, 5.72),
    "2-14-1": Prototype(_two_fourteen_one, 8.80),
}
"""Name → structure. The elements on their sites only say which sublattice of the formula a site belongs to."""
