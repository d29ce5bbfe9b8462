"""Elk: elk.in and its species files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import PositiveFloat

from adapters.command import Command
from adapters.dft.elk import BOHR
from adapters.dft.inputs.code import Code, Mesh
from adapters.dft.inputs.elk_species_file import species_text, virtual_species
from adapters.dft.inputs.mesh import mesh_of
from loop.errors import DataError

if TYPE_CHECKING:
    from pymatgen.core.composition import Composition
    from pymatgen.core.structure import Structure

_PBE = 20


class Elk(Code):
    """All-electron LAPW, PBE; a site that two neighbouring elements share becomes a virtual atom.

    Parameters
    ----------
    k_mesh
        Divisions of the reciprocal lattice; as fine as 10×10×10 for bcc iron if absent.
    smearing
        Width of the smearing (``swidth``) in Hartree.
    empty_states
        Per atom and spin (``nempty``); with 4 the moment of bcc iron is 0.02 μB too low.
    species
        Folder of the species files that come with Elk.
    """

    title: ClassVar[str] = "Elk"
    takes_fractions: ClassVar[bool] = True

    k_mesh: Mesh | None = None
    smearing: PositiveFloat = 0.005
    empty_states: PositiveFloat = 8.0
    species: str = "/usr/share/elk-lapw/species"

    def write(self, crystal: Structure, folder: Path, *, again: bool = False) -> None:
        """Write elk.in and one species file for each kind of atom."""
        kinds: dict[str, list[tuple[float, ...]]] = {}
        texts: dict[str, str] = {}
        for site in crystal:
            name, text = self._species(site.species)
            if texts.setdefault(name, text) != text:
                raise DataError("Elk: two different virtual atoms in one cell are not supported")
            kinds.setdefault(name, []).append(tuple(float(value) for value in site.frac_coords))
        for name, text in texts.items():
            (folder / name).write_text(text, encoding="ascii")
        (folder / "elk.in").write_text(self._input(crystal, kinds, 0.5 if again else 0.01), encoding="ascii")

    def called(self) -> Command:
        """``elk-lapw``."""
        return self._calling(("elk-lapw",), "apt-get install -y --no-install-recommends elk-lapw libopenblas0-pthread")

    def _species(self, atom: Composition) -> tuple[str, str]:
        """Name and text of the species file of an atom."""
        parts = sorted(atom.get_el_amt_dict().items(), key=lambda item: _number(item[0]))
        folder = Path(self.species)
        if len(parts) == 1:
            return f"{parts[0][0]}.in", species_text(folder, parts[0][0])
        (below, _), (above, share) = parts[0], parts[-1]
        if len(parts) > 2 or _number(above) != _number(below) + 1:
            found = ", ".join(f"{element} {amount:g}" for element, amount in parts)
            raise DataError(
                f"a virtual crystal knows the mean nuclear charge only, so {found} on one site cannot be told from "
                "other mixtures; expected two neighbours of the periodic table, or disorder = 'quasirandom'"
            )
        return "A.in", virtual_species(folder, below, above, share)

    def _input(self, crystal: Structure, kinds: dict[str, list[tuple[float, ...]]], field: float) -> str:
        atoms = [str(len(kinds))]
        for name, positions in kinds.items():
            atoms += [f"'{name}'", str(len(positions)), *(f"{_row(position)}  0.0 0.0 0.0" for position in positions)]
        blocks = {
            "tasks": ["0"],
            "xctype": [f"{_PBE} 0 0"],
            "spinpol": [".true."],
            # It breaks the symmetry of up and down, and is halved in every loop until it is gone.
            "bfieldc": [f"0.0 0.0 {field:g}"],
            "reducebf": ["0.5"],
            "swidth": [f"{self.smearing:g}"],
            "nempty": [f"{self.empty_states:g}"],
            "avec": [_row(vector / BOHR) for vector in crystal.lattice.matrix],
            "atoms": atoms,
            "sppath": ["'./'"],
            "ngridk": [" ".join(map(str, mesh_of(crystal, self.k_mesh)))],
            "vkloff": ["0.5 0.5 0.5"],
        }
        # Elk wants an empty line after every block, the last one too.
        return "".join(f"{name}\n" + "".join(f"  {line}\n" for line in lines) + "\n" for name, lines in blocks.items())


def _row(values: Iterable[float]) -> str:
    return " ".join(f"{float(value):.10f}" for value in values)


def _number(element: str) -> int:
    from pymatgen.core.periodic_table import Element

    return int(Element(element).Z)
