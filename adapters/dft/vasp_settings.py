"""What a VASP run was asked to calculate, and whether that kind of run yields a moment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from adapters.dft.rejected import RejectedCalculation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from pymatgen.io.vasp.outputs import Vasprun

_GGA = {
    "91": "PW91", "PE": "PBE", "PS": "PBEsol", "RE": "revPBE", "RP": "RPBE", "AM": "AM05", "CA": "LDA",
    "OR": "optPBE", "BO": "optB88", "MK": "optB86b", "B3": "B3LYP",
}  # fmt: skip
# Without a GGA tag ('--') VASP takes the functional that the potential was made for.
_POTENTIAL = {"PAW_PBE": "PBE", "PAW_GGA": "PW91", "PAW": "LDA", "US": "LDA"}

_FROZEN = re.compile(r"(Ce|Pr|Nd|Pm|Sm|Eu|Gd|Tb|Dy|Ho|Er|Tm|Yb|Lu)_[23]\b")


def usable(file: Path, tags: Mapping[str, Any], points: int, style: str) -> None:
    """Check that the run is a collinear, spin-polarized, self-consistent ground state.

    Parameters
    ----------
    file
        For messages.
    tags
        Settings by their VASP names.
    points, style
        Number of k-points, and how they were generated.

    Raises
    ------
    RejectedCalculation
        With the tag that says otherwise.
    """
    for is_wrong, reason, remedy in _objections(tags, points, style):
        if is_wrong:
            raise RejectedCalculation(file, reason, remedy)


def _objections(tags: Mapping[str, Any], points: int, style: str) -> list[tuple[bool, str, str]]:
    spin, motion, charge = tags.get("ISPIN", 1), tags.get("IBRION", -1), tags.get("ICHARG", 2)
    again = "Calculate the ground state with ISPIN = 2 and without that tag."
    weights = [float(weight) for weight in tags.get("VCA") or [1.0]]
    return [
        (bool(tags.get("LSORBIT")), "spin-orbit coupling (LSORBIT = T): the moment is a vector", again),
        (bool(tags.get("LNONCOLLINEAR")), "non-collinear (LNONCOLLINEAR = T): the moment is a vector", again),
        (spin != 2, f"not spin-polarized (ISPIN = {spin}, expected 2): it has no moment", again),
        (charge >= 10, f"not self-consistent (ICHARG = {charge}): the charge was held fixed", again),
        ("line" in style.lower(), f"{points} k-points on lines: their average is no cell average", again),
        (motion == 0 and tags.get("NSW", 0) > 1, "molecular dynamics (IBRION = 0): no ground state", again),
        (motion in (5, 6), f"finite displacements (IBRION = {motion}): not the equilibrium cell", again),
        (any(w != 1 for w in weights), f"virtual crystal (VCA = {weights}): composition unknown", again),
        (
            bool(tags.get("LCHIMAG")),
            "chemical shielding (LCHIMAG = T): its steps are not the ground state",
            again,
        ),
    ]


def functional(tags: Mapping[str, Any], titles: Sequence[str]) -> str:
    """Return exchange and correlation: ``"PBE"``, ``"R2SCAN"``, ``"hybrid (PBE)"``, ``"PBE+U+vdW"``.

    Parameters
    ----------
    tags
        Settings by their VASP names.
    titles
        TITEL of each potential, which names the functional it was made for.
    """
    gga, meta = (str(tags.get(name) or "--").strip().upper() for name in ("GGA", "METAGGA"))
    made_for = {_POTENTIAL.get(str(title).split()[0], "unknown") for title in titles if title}
    name = _GGA.get(gga, gga) if gga != "--" else "/".join(sorted(made_for)) or "unknown"
    if meta not in {"--", "NONE", "F"}:
        name = meta
    if tags.get("LHFCALC"):
        name = f"hybrid ({name}, AEXX = {tags.get('AEXX')}, HFSCREEN = {tags.get('HFSCREEN')})"
    u = "+U" if tags.get("LDAU") else ""
    return name + u + ("+vdW" if tags.get("LUSE_VDW") or tags.get("IVDW") else "")


def k_mesh(run: Vasprun) -> tuple[int, int, int] | None:
    """Return the divisions of the mesh, None for a list of points."""
    divisions: Sequence[Any] = run.kpoints.kpts[0] if len(run.kpoints.kpts) == 1 else ()
    if str(run.kpoints.style) == "Reciprocal" or len(divisions) != 3:
        return None
    first, second, third = (int(n) for n in divisions)
    return first, second, third


def frozen_4f(titles: Sequence[str]) -> tuple[str, ...]:
    """Return the elements whose potential keeps 4f in the core.

    Parameters
    ----------
    titles
        TITEL of each potential: ``"PAW_PBE Nd_3 06Sep2000"``. The suffix _3 or _2 is the valence for which
        the 4f shell is frozen.
    """
    return tuple(sorted({match[1] for title in titles if (match := _FROZEN.search(title))}))
