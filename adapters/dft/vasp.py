"""VASP: ``vasprun.xml`` through pymatgen, cross-checked with the OUTCAR and the OSZICAR beside it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from adapters.dft.compressed import SUFFIXES
from adapters.dft.form import Form, PartialForm
from adapters.dft.guard import only_rejections
from adapters.dft.oszicar import inspect, last_moment
from adapters.dft.outcar import read_outcar
from adapters.dft.vasp_outcar import OSZICAR, OUTCAR, beside, finished, same_moment
from adapters.dft.vasprun import read_vasprun

if TYPE_CHECKING:
    from pathlib import Path

    from adapters.dft.calculation import Calculation

_VASPRUN = re.compile(rf"(.*)vasprun(\.xml)?([._-][\w-]+?)?(\.xml)?{SUFFIXES}")


def files(main: Path) -> tuple[Path, ...]:
    """Return vasprun.xml and, where there are those of the same prefix and suffix, its OUTCAR and OSZICAR."""
    match = _VASPRUN.fullmatch(main.name)
    if match is None:
        return (main,)
    names = (f"{match[1]}{kind}{match[3] or ''}" for kind in (OUTCAR, OSZICAR))
    return (main, *beside(main, names))


def read(found: tuple[Path, ...]) -> Calculation:
    """Read a finished, collinear, spin-polarized VASP calculation.

    Parameters
    ----------
    found
        vasprun.xml, then any OUTCAR and OSZICAR of the same run.

    Raises
    ------
    RejectedCalculation
        As :func:`adapters.dft.read_calculation` says; also if OUTCAR has no footer or reports no convergence,
        if OSZICAR is cut, or if a moment differs by more than max(0.01 μB, 0.2 %).
    """
    main, *others = found
    calculation, steps, is_relaxation = read_vasprun(main)
    for file in others:
        with only_rejections(file, "damaged, or no VASP output after all"):
            if OSZICAR in file.name:
                same_moment(file, last_moment(file, steps), calculation.moment_per_cell, "vasprun.xml")
            else:
                outcar = read_outcar(file)
                finished(file, outcar, is_relaxation=is_relaxation)
                same_moment(file, outcar.moment, calculation.moment_per_cell, "vasprun.xml")
                calculation = replace(calculation, site_moments=outcar.site_moments)
    return calculation


_NEEDED = "Put the vasprun.xml or the OUTCAR of the same run beside it."


def _main_beside(oszicar: Path) -> Path | None:
    if OSZICAR not in oszicar.name:
        return None
    plain = re.sub(rf"{SUFFIXES}$", "", oszicar.name)
    names = (plain.replace(OSZICAR, kind) for kind in ("vasprun.xml", "vasprun", OUTCAR))
    return next(iter(beside(oszicar, names)), None)


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
        name="VASP OSZICAR",
        file_name=rf".*OSZICAR([._-][\w-]+?)?{SUFFIXES}",
        signature=rb"\A\s*N +E +dE +d eps",
        lacks="it does not say whether the run converged, its last number may be cut, it holds no cell",
        needed=_NEEDED,
        main=_main_beside,
        inspect=inspect,
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
