"""Quantum ESPRESSO: pw.in and its pseudopotentials."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from pydantic import Field, PositiveFloat

from adapters.command import Command
from adapters.dft.inputs.code import Code, Mesh
from adapters.dft.inputs.crystal import require_whole_atoms
from adapters.dft.inputs.mesh import mesh_of
from loop.errors import AdapterError

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure


def _shipped() -> dict[str, str]:
    """PBEsol potentials of Debian's package that were found to give the moments of all-electron codes."""
    return {"Fe": "Fe.pbesol-spn-kjpaw_psl.1.0.0.UPF", "Co": "Co.pbesol-spn-rrkjus_psl.0.3.1.UPF"}


class Espresso(Code):
    """pw.x, whole atoms, ferromagnetic start.

    Parameters
    ----------
    k_mesh
        Divisions of the reciprocal lattice; as fine as 10×10×10 for bcc iron if absent, where its moment still moves by
        0.06 μB from mesh to mesh.
    cutoff, density_cutoff
        ``ecutwfc`` and ``ecutrho`` in Ry.
    smearing
        Marzari-Vanderbilt width (``degauss``) in Ry.
    pseudopotentials
        Element → file in `folder`. The functional is that of the files: all of one kind.
    folder
        Of the pseudopotentials.
    """

    title: ClassVar[str] = "Quantum ESPRESSO"

    k_mesh: Mesh | None = None
    cutoff: PositiveFloat = 50.0
    density_cutoff: PositiveFloat = 400.0
    smearing: PositiveFloat = 0.02
    pseudopotentials: dict[str, str] = Field(default_factory=_shipped)
    folder: str = "/usr/share/espresso/pseudo"

    def write(self, crystal: Structure, folder: Path, *, again: bool = False) -> None:
        """Write pw.in, and copy the pseudopotentials beside it."""
        require_whole_atoms(crystal, self.title)
        elements = sorted({site.specie.symbol for site in crystal})
        for element in elements:
            self._copy(element, folder)
        (folder / "pw.in").write_text(self._input(crystal, elements, 0.9 if again else 0.5), encoding="ascii")

    def called(self) -> Command:
        """``pw.x``."""
        packages = "quantum-espresso quantum-espresso-data"
        return self._calling(("pw.x", "-in", "pw.in"), f"apt-get install -y --no-install-recommends {packages}")

    def _copy(self, element: str, folder: Path) -> None:
        if element not in self.pseudopotentials:
            known = ", ".join(self.pseudopotentials)
            raise AdapterError(f"options.code.pseudopotentials has no file for {element}, only for {known}")
        source = Path(self.folder) / self.pseudopotentials[element]
        try:
            shutil.copy(source, folder / source.name)
        except OSError as error:
            raise AdapterError(
                f"the pseudopotential {source} cannot be copied ({error.strerror}): apt-get install "
                "quantum-espresso-data, or set options.code.folder and options.code.pseudopotentials"
            ) from error

    def _input(self, crystal: Structure, elements: list[str], start: float) -> str:
        from pymatgen.core.periodic_table import Element

        namelists: dict[str, dict[str, object]] = {
            "control": {"calculation": "'scf'", "prefix": "'pw'", "outdir": "'./'", "pseudo_dir": "'./'",
                        "disk_io": "'low'"},
            "system": {"ibrav": 0, "nat": len(crystal), "ntyp": len(elements), "ecutwfc": self.cutoff,
                       "ecutrho": self.density_cutoff, "nspin": 2, "occupations": "'smearing'", "smearing": "'mv'",
                       "degauss": self.smearing}
                      | {f"starting_magnetization({number})": start for number in range(1, len(elements) + 1)},
            "electrons": {"conv_thr": f"{1e-8 * len(crystal):.1e}", "mixing_beta": 0.3, "electron_maxstep": 200},
        }  # fmt: skip
        lines: list[str] = []
        for name, values in namelists.items():
            lines += [f"&{name}", *(f"  {key} = {value}" for key, value in values.items()), "/"]
        lines.append("ATOMIC_SPECIES")
        lines += [f"  {el} {float(Element(el).atomic_mass):.4f} {self.pseudopotentials[el]}" for el in elements]
        lines += ["CELL_PARAMETERS angstrom", *(_row(vector) for vector in crystal.lattice.matrix)]
        lines += ["ATOMIC_POSITIONS crystal"]
        lines += [f"  {site.specie.symbol}{_row(site.frac_coords)}" for site in crystal]
        lines += ["K_POINTS automatic", "  " + " ".join(map(str, mesh_of(crystal, self.k_mesh))) + " 1 1 1"]
        return "\n".join(lines) + "\n"


def _row(values: Iterable[float]) -> str:
    return "  " + " ".join(f"{float(value):.10f}" for value in values)
