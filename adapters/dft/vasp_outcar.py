"""VASP OUTCAR without its vasprun.xml: believed only behind the footer that proves that it is whole."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from adapters.dft import vasp_settings
from adapters.dft.calculation import Calculation
from adapters.dft.cell import contents
from adapters.dft.compressed import SUFFIXES
from adapters.dft.form import Form
from adapters.dft.oszicar import last_moment
from adapters.dft.outcar import Outcar, read_outcar
from adapters.dft.outcar_header import OutcarHeader, read_header
from adapters.dft.rejected import RejectedCalculation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

OUTCAR, OSZICAR = "OUTCAR", "OSZICAR"

ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE = 0.01, 0.002
"""μB per cell, and fraction, by which two files of one run may differ (occupations have four decimals)."""

_ELECTRONS = 0.01


def beside(main: Path, names: Iterable[str]) -> list[Path]:
    """Return the files of these names, compressed or not, that lie in the folder of `main`."""
    ends = ("", ".gz", ".bz2", ".xz", ".lzma")
    candidates = (main.with_name(name + end) for name in names for end in ends)
    return [file for file in candidates if file.is_file()]


def files(main: Path) -> tuple[Path, ...]:
    """Return OUTCAR and any OSZICAR of the same run."""
    return (main, *beside(main, [_plain(main).replace(OUTCAR, OSZICAR)] if OUTCAR in main.name else []))


def read(found: tuple[Path, ...]) -> Calculation:
    """Read a finished, collinear, spin-polarized VASP calculation from its OUTCAR alone.

    Parameters
    ----------
    found
        OUTCAR, then any OSZICAR of the same run.

    Raises
    ------
    RejectedCalculation
        As :func:`adapters.dft.read_calculation` says; also without the timing footer at its end, without
        ``EDIFF is reached`` after the last electronic step, or with another number of electrons than NELECT.
    """
    main, *others = found
    outcar, header = read_outcar(main), read_header(main)
    tags = header.tags
    moves = tags.get("IBRION", -1) in (1, 2, 3) and int(str(tags.get("NSW", 0))) > 1 and tags.get("EDIFFG", 1) != 0
    finished(main, outcar, is_relaxation=moves)
    vasp_settings.usable(main, tags, header.points, header.style)
    _settled(main, outcar, tags)
    for file in others:
        same_moment(file, last_moment(file, outcar.loops), outcar.moment, "OUTCAR")
    return _calculation(header, outcar)


def finished(file: Path, outcar: Outcar, *, is_relaxation: bool) -> None:
    """Check that a whole OUTCAR tells of a converged run.

    Raises
    ------
    RejectedCalculation
        It says that a loop did not converge, or does not say that the relaxation did.
    """
    if outcar.not_converged:
        reason = f"not converged: it says '{outcar.not_converged}'"
        raise RejectedCalculation(file, reason, "Continue or repeat the run until EDIFF is reached.")
    if is_relaxation and not outcar.relaxed:
        reason = "relaxation not converged: no 'reached required accuracy' in it"
        raise RejectedCalculation(file, reason, "Continue the relaxation from CONTCAR.")


def same_moment(file: Path, moment: float | None, expected: float | None, other: str) -> None:
    """Check the moment of a file against that of another file of the run.

    Raises
    ------
    RejectedCalculation
        It has none, or they differ by more than max(0.01 μB, 0.2 %).
    """
    remedy = "Do both files come from the same run? Put the matching pair together or calculate again."
    if moment is None or expected is None:
        reason = f"it holds no total magnetization, expected one number as in {other}"
        raise RejectedCalculation(file, reason, remedy)
    # Written with 'not … <=' because a NaN must not pass.
    if not abs(moment - expected) <= max(ABSOLUTE_TOLERANCE, RELATIVE_TOLERANCE * abs(expected)):
        reason = f"its total magnetization {moment:.4f} μB is not that of {other}, {expected:.4f} μB"
        raise RejectedCalculation(file, reason, remedy)


def _settled(file: Path, outcar: Outcar, tags: Mapping[str, Any]) -> None:
    again = "Continue or repeat the run until EDIFF is reached."
    if outcar.moment is None or outcar.electrons is None:
        raise RejectedCalculation(file, "it holds no single total magnetization", "Calculate with ISPIN = 2.")
    if not outcar.settled:
        reason = f"electronic convergence not reached in NELM = {tags.get('NELM')} steps (no 'EDIFF is reached')"
        raise RejectedCalculation(file, reason, again)
    if not abs(outcar.electrons - float(tags.get("NELECT", "nan"))) <= _ELECTRONS:
        reason = f"the density holds {outcar.electrons:.4f} electrons, expected NELECT = {tags.get('NELECT')}"
        raise RejectedCalculation(file, reason, "Look for NaN in it and calculate again.")
    if outcar.volume is None:
        raise RejectedCalculation(file, "it holds no volume of the cell", "Calculate again.")


def _calculation(header: OutcarHeader, outcar: Outcar) -> Calculation:
    if outcar.moment is None or outcar.volume is None:
        raise ValueError("no moment or no volume")
    formula, composition = contents(header.elements)
    return Calculation(
        moment_per_cell=outcar.moment,
        formula=formula,
        composition=composition,
        n_atoms=len(header.elements),
        volume=outcar.volume,
        energy=outcar.energy,
        code="VASP",
        code_version=header.version,
        functional=vasp_settings.functional(header.tags, header.titles),
        k_mesh=header.mesh,
        frozen_4f=vasp_settings.frozen_4f(header.titles),
        moment_is_fixed=float(str(header.tags.get("NUPDOWN", -1))) >= 0,
        site_moments=outcar.site_moments,
        remarks=() if header.mesh else (f"{header.points} k-points; their mesh is not in OUTCAR",),
    )


def _plain(file: Path) -> str:
    return re.sub(rf"{SUFFIXES}$", "", file.name)


def _vasprun_beside(outcar: Path) -> Path | None:
    if OUTCAR not in outcar.name:
        return None
    names = [_plain(outcar).replace(OUTCAR, name) for name in ("vasprun.xml", "vasprun")]
    return next(iter(beside(outcar, [*names, f"{names[1]}.xml"])), None)


FORM = Form(
    name="VASP OUTCAR",
    file_name=rf".*OUTCAR([._-][\w-]+?)?{SUFFIXES}",
    signature=rb"\A\s*vasp\.\d",
    files=files,
    read=read,
    fuller=_vasprun_beside,
)
"""How an OUTCAR is recognised and read where there is no vasprun.xml."""
