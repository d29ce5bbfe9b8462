"""VASP: INCAR, KPOINTS, POSCAR and the names of the potentials, by pymatgen's input sets."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from adapters.command import Command
from adapters.dft.inputs.code import Code, Mesh
from adapters.dft.inputs.crystal import require_whole_atoms

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure


def _starting_moments() -> dict[str, float]:
    """Above the moments they end with, so that a calculation does not settle without one."""
    return {"Cr": 5.0, "Mn": 5.0, "Fe": 4.0, "Co": 3.0, "Ni": 2.0}


class Vasp(Code):
    """A static calculation of pymatgen's ``MPStaticSet``; POTCAR is licensed and left to its owner.

    ``POTCAR.spec`` names the potentials, in order; whoever has the licence concatenates them to POTCAR.

    Parameters
    ----------
    k_mesh
        Γ-centred divisions of the reciprocal lattice; those of the input set if absent.
    incar
        INCAR tags that replace those of the input set.
    moments
        Element → initial moment in μB.
    """

    title: ClassVar[str] = "VASP"

    k_mesh: Mesh | None = None
    incar: dict[str, Any] = Field(default_factory=dict)
    moments: dict[str, float] = Field(default_factory=_starting_moments)

    def write(self, crystal: Structure, folder: Path, *, again: bool = False) -> None:
        """Write INCAR, KPOINTS, POSCAR and POTCAR.spec."""
        require_whole_atoms(crystal, self.title)
        from pymatgen.io.vasp.inputs import Kpoints
        from pymatgen.io.vasp.sets import MPStaticSet

        moments = {element: (1.5 if again else 1.0) * moment for element, moment in self.moments.items()}
        settings = {"MAGMOM": moments, "LORBIT": 11, "EDIFF": 1e-5, **self.incar}
        mesh = None if self.k_mesh is None else Kpoints.gamma_automatic(self.k_mesh)
        with warnings.catch_warnings():
            # About potentials it cannot find, and about functionals of other projects.
            warnings.simplefilter("ignore")
            inputs = MPStaticSet(
                crystal.get_sorted_structure(),
                user_incar_settings=settings,
                user_kpoints_settings=mesh,  # type: ignore[arg-type]
            )
            inputs.write_input(str(folder), potcar_spec=True)

    def called(self) -> Command:
        """``vasp_std``."""
        return self._calling(
            ("vasp_std",), "VASP is licensed software (vasp.at); set options.code.command to your executable"
        )
