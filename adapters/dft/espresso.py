"""Quantum ESPRESSO (pw.x): its XML data file. For its text output see :mod:`adapters.dft.espresso_text`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from adapters.dft.calculation import Calculation
from adapters.dft.cell import contents
from adapters.dft.compressed import SUFFIXES, opened
from adapters.dft.form import Form
from adapters.dft.plausible import OPEN_4F
from adapters.dft.rejected import RejectedCalculation
from adapters.dft.tree import Tree

if TYPE_CHECKING:
    from pathlib import Path

BOHR = 0.529177210903
"""Å (CODATA 2018)."""

HARTREE = 27.211386245988
"""eV (CODATA 2018)."""

ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE = 0.01, 0.002
"""μB per cell, and fraction, by which the total and the sum over occupations may differ."""


def files(main: Path) -> tuple[Path, ...]:
    """Return the XML data file: it holds everything."""
    return (main,)


def read(found: tuple[Path, ...]) -> Calculation:
    """Read a finished, collinear, spin-polarized pw.x calculation.

    Parameters
    ----------
    found
        ``data-file-schema.xml`` (or ``<prefix>.xml``).

    Raises
    ------
    RejectedCalculation
        As :func:`adapters.dft.read_calculation` says; also if the total magnetization differs from the sum
        over occupations by more than max(0.01 μB, 0.2 %), or a CRASH file lies beside.
    """
    file = found[0]
    with opened(file) as stream:
        tree = Tree.parsed(file, stream)
    _usable(file, tree)
    _converged(file, tree)
    elements, volume = _cell(tree)
    formula, composition = contents(elements)
    total = tree.number("output/magnetization/total")
    _cross_checked(file, tree, total)
    return Calculation(
        moment_per_cell=total,
        formula=formula,
        composition=composition,
        n_atoms=len(elements),
        volume=volume,
        energy=tree.number("output/total_energy/etot") * HARTREE,
        code="Quantum ESPRESSO",
        code_version=tree.attribute("general_info/creator", "VERSION"),
        functional=_functional(tree),
        k_mesh=_k_mesh(tree),
        moment_is_fixed=tree.number("input/bands/tot_magnetization", -1e4) > -1e3,
        absolute_moment=tree.number("output/magnetization/absolute"),
        remarks=tuple(
            f"whether the potential of {element} keeps 4f in its core is not in the XML"
            for element in sorted(OPEN_4F & set(composition))
        ),
    )


def _usable(file: Path, tree: Tree) -> None:
    again = "Calculate the ground state (scf, relax or vc-relax) with nspin = 2."
    kind = tree.text("input/control_variables/calculation")
    if kind not in {"scf", "relax", "vc-relax"}:
        raise RejectedCalculation(file, f"not a ground state (calculation = '{kind}')", again)
    for tag, reason in (
        ("spinorbit", "spin-orbit coupling: the moment is a vector"),
        ("noncolin", "non-collinear: the moment is a vector"),
    ):
        if tree.flag(f"input/spin/{tag}") or tree.flag(f"output/magnetization/{tag}"):
            raise RejectedCalculation(file, reason, again)
    for where in ("input/spin/lsda", "output/magnetization/lsda"):
        if not tree.flag(where):
            stated = tree.text("output/magnetization/total", "none")
            reason = f"not spin-polarized ({where} = false; stated magnetization: {stated})"
            raise RejectedCalculation(file, reason, again)


def _converged(file: Path, tree: Tree) -> None:
    for loop, name in (("scf_conv", "electronic"), ("opt_conv", "ionic")):
        where = f"output/convergence_info/{loop}/convergence_achieved"
        needed = loop == "scf_conv" or "relax" in tree.text("input/control_variables/calculation")
        if needed and not tree.flag(where):
            reason = f"{name} convergence not reached (convergence_achieved = {tree.text(where, 'missing')})"
            raise RejectedCalculation(file, reason, "Continue the run with more steps or other mixing.")
    status = tree.text("status", "") or tree.text("exit_status", "0")
    if status != "0":
        reason = f"pw.x ended with status {status}, expected 0"
        raise RejectedCalculation(file, reason, "Look at the end of its text output and calculate again.")
    # pw.x removes CRASH when it starts: one that is there means that its last run in this folder failed.
    crash = [folder / "CRASH" for folder in (file.parent, file.parent.parent)]
    if file.parent.suffix != ".save":
        crash = crash[:1]
    if any(one.exists() for one in crash):
        reason = "a CRASH file lies beside: the last run failed, this file may be older"
        raise RejectedCalculation(file, reason, "Calculate again in a fresh folder.")


def _cell(tree: Tree) -> tuple[list[str], float]:
    """Return the element of each atom and the volume in Å³."""
    where = "output/atomic_structure"
    labels = [atom.attrib["name"] for atom in tree.all(f"{where}/atomic_positions/atom")]
    rows = [tree.numbers(f"{where}/cell/a{i}") for i in (1, 2, 3)]
    return [element_of(label) for label in labels], abs(float(np.linalg.det(np.array(rows)))) * BOHR**3


def element_of(label: str) -> str:
    """Return the element of a species label such as ``Fe1``, ``fe_up`` or ``Fe-a``."""
    match = re.match(r"([A-Za-z]{1,2})(?![A-Za-z])", label)
    if match is None:
        raise ValueError(f"species label {label!r} does not begin with a chemical symbol")
    return match[1].capitalize()


def _cross_checked(file: Path, tree: Tree, total: float) -> None:
    up = down = 0.0
    for point in tree.all("output/band_structure/ks_energies"):
        weight = float(point.find("k_point").attrib["weight"])  # type: ignore[union-attr]
        occupations = np.array((point.findtext("occupations") or "").split(), dtype=float)
        first, second = np.split(occupations, 2)
        up, down = up + weight * first.sum(), down + weight * second.sum()
    electrons = tree.number("output/band_structure/nelec")
    # Written with 'not … <=' because a NaN must not pass.
    if not abs(up + down - electrons) <= max(0.01, 1e-3 * electrons):
        reason = f"the occupations hold {up + down:.4f} electrons, expected nelec = {electrons:g}"
        raise RejectedCalculation(file, reason, "Calculate again; the file is inconsistent.")
    if not abs(up - down - total) <= max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * abs(total)):
        reason = f"magnetization/total = {total:.4f} μB, but the occupations give {up - down:.4f} μB"
        raise RejectedCalculation(file, reason, "Calculate again; the file is inconsistent.")


def _functional(tree: Tree) -> str:
    dft = "output/dft"
    u = "+U" if tree.all(f"{dft}/dftU") else ""
    return tree.text(f"{dft}/functional").upper() + u + ("+vdW" if tree.all(f"{dft}/vdW") else "")


def _k_mesh(tree: Tree) -> tuple[int, int, int] | None:
    meshes = tree.all("input/k_points_IBZ/monkhorst_pack")
    if not meshes:
        return None
    first, second, third = (int(meshes[0].attrib[f"nk{i}"]) for i in (1, 2, 3))
    return first, second, third


FORM = Form(
    name="Quantum ESPRESSO data-file-schema.xml",
    file_name=rf"(.*[._-])?data-file-schema\.xml{SUFFIXES}",
    signature=rb"<qes:espresso\b",
    files=files,
    read=read,
    folders=("*.save/*", "*/*.save/*"),
)
"""How pw.x output is recognised and read."""
