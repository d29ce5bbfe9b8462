"""AkaiKKR: the input of specx; sites that elements share are treated by the coherent potential."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import PositiveFloat, PositiveInt

from adapters.command import Command
from adapters.dft.elk import BOHR
from adapters.dft.inputs.code import Code
from loop.errors import DataError

if TYPE_CHECKING:
    from pymatgen.core.structure import Structure

_ANGLES = {"bcc": 109.4712206, "fcc": 60.0}
"""Of the primitive cells, in degrees."""


class AkaiKkr(Code):
    """KKR with the coherent potential approximation (CPA).

    Parameters
    ----------
    energy_width, energy_shift
        ``ewidth`` and ``edelt`` in Ry; the contour must enclose the valence band and no core state.
    relativity
        ``reltyp``.
    functional
        ``sdftyp``.
    quality
        ``bzqlty``: divisions of the Brillouin zone from Γ to half a reciprocal vector.
    iterations
        ``maxitr``.
    mixing
        ``pmix``; smaller for larger cells.
    """

    title: ClassVar[str] = "AkaiKKR"
    takes_fractions: ClassVar[bool] = True

    energy_width: PositiveFloat = 1.0
    energy_shift: PositiveFloat = 0.001
    relativity: Literal["nrl", "sra", "srals"] = "sra"
    functional: Literal["mjw", "vwn", "vbh", "gga91", "pbe"] = "pbe"
    quality: PositiveInt = 8
    iterations: PositiveInt = 500
    mixing: PositiveFloat = 0.023

    def write(self, crystal: Structure, folder: Path, *, again: bool = False) -> None:
        """Write akaikkr.in; its start is that of free atoms, and cannot be another."""
        if again:
            raise DataError("AkaiKKR starts from the moments of free atoms: a second start would be the first again")
        (folder / "akaikkr.in").write_text(self._input(crystal), encoding="ascii")

    def called(self) -> Command:
        """``specx < akaikkr.in``."""
        install = "AkaiKKR is registered software (kkr.issp.u-tokyo.ac.jp); set options.code.command to your specx"
        return self._calling(("specx",), install, stdin="akaikkr.in")

    def _input(self, crystal: Structure) -> str:
        types = _types(crystal)
        names = {index: name for name, indices in types.items() for index in indices}
        lines = [
            f"c {crystal.composition.formula}",
            "  go  potential",
            "c brvtyp  a  c/a  b/a  alpha  beta  gamma",
            f"  {_lattice(crystal)}",
            "c edelt  ewidth  reltyp  sdftyp  magtyp  record",
            f"  {self.energy_shift:g}  {self.energy_width:g}  {self.relativity}  {self.functional}  mag  init",
            "c outtyp  bzqlty  maxitr  pmix",
            f"  update  {self.quality}  {self.iterations}  {self.mixing:g}",
            "c ntyp",
            f"  {len(types)}",
            "c type  ncmp  rmt  field  mxl  anclr  conc",
        ]
        for name, indices in types.items():
            lines += _components(name, crystal, indices[0])
        lines += ["c natm", f"  {len(crystal)}", "c atmicx  atmtyp"]
        for index, site in enumerate(crystal):
            a, b, c = (float(value) for value in site.frac_coords)
            lines.append(f"  {a:.8f}a {b:.8f}b {c:.8f}c {names[index]}")
        return "\n".join([*lines, "end", ""])


def _components(name: str, crystal: Structure, index: int) -> list[str]:
    from pymatgen.core.periodic_table import Element

    parts = crystal[index].species.get_el_amt_dict()
    # Waves up to f where an element has f electrons, up to d otherwise.
    waves = 3 if any(Element(element).block == "f" or Element(element).Z > 56 for element in parts) else 2
    return [
        f"  {name}  {len(parts)}  0  0.0  {waves}",
        *(f"    {Element(element).Z}  {100 * share:.6f}" for element, share in parts.items()),
    ]


def _types(crystal: Structure) -> dict[str, list[int]]:
    """Name → sites that symmetry makes equal, in the order of the cell."""
    from pymatgen.symmetry.analyzer import SpacegroupAnalyzer

    with warnings.catch_warnings():
        # How spglib will report errors one day.
        warnings.simplefilter("ignore", DeprecationWarning)
        marks = SpacegroupAnalyzer(crystal).get_symmetry_dataset().equivalent_atoms
    groups: dict[int, list[int]] = {}
    for index, mark in enumerate(marks):
        groups.setdefault(int(mark), []).append(index)
    return {
        "".join(sorted(crystal[indices[0]].species.get_el_amt_dict())) + str(number): indices
        for number, indices in enumerate(groups.values(), 1)
    }


def _lattice(crystal: Structure) -> str:
    """Bravais type, a in Bohr and what it leaves open; a cell that is no plain box is given as triclinic."""
    a, b, c = crystal.lattice.abc
    angles = crystal.lattice.angles
    for name, angle in _ANGLES.items():
        if len(crystal) == 1 and _equal((a, b, c, *angles), (a, a, a, angle, angle, angle)):
            edge = (crystal.volume * {"bcc": 2, "fcc": 4}[name]) ** (1 / 3)
            return f"{name}  {edge / BOHR:.8f}  1  1  90  90  90"
    name = "trc"
    if _equal(angles, (90.0, 90.0, 90.0)):
        name = "sc" if _equal((b, c), (a, a)) else "st" if _equal((b,), (a,)) else "so"
    return f"{name}  {a / BOHR:.8f}  {c / a:.8f}  {b / a:.8f}  " + "  ".join(f"{angle:.6f}" for angle in angles)


def _equal(first: tuple[float, ...], second: tuple[float, ...]) -> bool:
    return max(abs(x - y) for x, y in zip(first, second, strict=True)) < 1e-4
