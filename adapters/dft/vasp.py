"""VASP: ``vasprun.xml`` through pymatgen, cross-checked with the OUTCAR beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from adapters.dft.compressed import SUFFIXES
from adapters.dft.form import Form, PartialForm
from adapters.dft.guard import only_rejections
from adapters.dft.outcar import Outcar, read_outcar
from adapters.dft.rejected import RejectedCalculation
from adapters.dft.vasprun import read_vasprun

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.dft.calculation import Calculation

ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE = 0.01, 0.002
"""μB per cell, and fraction, by which vasprun.xml (occupations of four decimals) and OUTCAR may differ."""

_VASPRUN = re.compile(rf"(.*)vasprun(\.xml)?([._-][\w-]+?)?(\.xml)?{SUFFIXES}")


def files(main: Path) -> tuple[Path, ...]:
    """Return vasprun.xml and, where there is one of the same prefix and suffix, its OUTCAR."""
    match = _VASPRUN.fullmatch(main.name)
    if match is None:
        return (main,)
    before, step = match[1], match[3] or ""
    beside = (main.with_name(f"{before}OUTCAR{step}{end}") for end in ("", ".gz", ".bz2", ".xz", ".lzma"))
    return (main, *[outcar for outcar in beside if outcar.is_file()])


def _inspect_outcar(file: Path) -> None:
    outcar = read_outcar(file)
    if outcar.not_converged:
        _unconverged(file, outcar)


def _unconverged(file: Path, outcar: Outcar) -> NoReturn:
    reason = f"not converged: it says '{outcar.not_converged}'"
    raise RejectedCalculation(file, reason, "Continue or repeat the run until EDIFF is reached.")


def _vasprun_beside(outcar: Path) -> Path | None:
    if "OUTCAR" not in outcar.name:
        return None
    vaspruns = (outcar.with_name(outcar.name.replace("OUTCAR", name)) for name in ("vasprun.xml", "vasprun"))
    return next((file for file in vaspruns if file.is_file()), None)


def read(found: tuple[Path, ...]) -> Calculation:
    """Read a finished, collinear, spin-polarized VASP calculation.

    Parameters
    ----------
    found
        vasprun.xml, then any OUTCAR of the same run.

    Raises
    ------
    RejectedCalculation
        As :func:`adapters.dft.read_calculation` says; also if OUTCAR has no footer, reports no convergence,
        or a moment that differs by more than max(0.01 μB, 0.2 %).
    """
    main, *outcars = found
    calculation, is_relaxation = read_vasprun(main)
    for file in outcars:
        with only_rejections(file, "damaged, or no OUTCAR after all"):
            outcar = read_outcar(file)
        _check(file, outcar, calculation.moment_per_cell, is_relaxation)
        calculation = replace(calculation, site_moments=outcar.site_moments)
    return calculation


def _check(file: Path, outcar: Outcar, moment: float, is_relaxation: bool) -> None:
    if outcar.not_converged:
        _unconverged(file, outcar)
    if is_relaxation and not outcar.relaxed:
        reason = "relaxation not converged: no 'reached required accuracy' in it"
        raise RejectedCalculation(file, reason, "Continue the relaxation from CONTCAR.")
    remedy = "Do both files come from the same run? Put the matching pair together or calculate again."
    if outcar.moment is None:
        reason = "it holds no total magnetization, expected one number as in vasprun.xml"
        raise RejectedCalculation(file, reason, remedy)
    # Written with 'not … <=' because a NaN must not pass.
    if not abs(outcar.moment - moment) <= max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * abs(moment)):
        reason = f"its total magnetization {outcar.moment:.4f} μB is not that of vasprun.xml, {moment:.4f} μB"
        raise RejectedCalculation(file, reason, remedy)


_NEEDED = "Put the vasprun.xml of the same run beside it."

FORM = Form(
    name="VASP vasprun.xml",
    file_name=_VASPRUN.pattern,
    signature=rb"<modeling\b",
    files=files,
    read=read,
)
"""How VASP output is recognised and read."""

PARTIAL = (
    PartialForm(
        name="VASP OUTCAR",
        file_name=rf".*OUTCAR([._-][\w-]+?)?{SUFFIXES}",
        signature=rb"\A\s*vasp\.\d",
        lacks="an unfinished one reads like a finished one and it does not hold the occupations",
        needed=_NEEDED,
        main=_vasprun_beside,
        inspect=_inspect_outcar,
    ),
    PartialForm(
        name="VASP OSZICAR",
        file_name=rf".*OSZICAR([._-][\w-]+?)?{SUFFIXES}",
        signature=rb"\A\s*N +E +dE +d eps",
        lacks="it does not say whether the run converged, its last number may be cut, it holds no cell",
        needed=_NEEDED,
    ),
    PartialForm(
        name="VASP input or restart file",
        file_name=rf"(INCAR|POSCAR|CONTCAR|KPOINTS|POTCAR|CHGCAR|XDATCAR|vaspout\.h5){SUFFIXES}",
        signature=rb"(?!)",
        lacks="it holds no moment that this reader trusts",
        needed=_NEEDED,
    ),
)
"""VASP files that are recognised but not read alone."""
