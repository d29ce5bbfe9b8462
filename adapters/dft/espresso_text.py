"""The text output of pw.x: its moment has two decimals, and JOB DONE at its end says nothing about convergence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from adapters.dft.calculation import Calculation
from adapters.dft.cell import contents
from adapters.dft.compressed import opened
from adapters.dft.espresso import BOHR, HARTREE, element_of
from adapters.dft.form import Form
from adapters.dft.plausible import OPEN_4F
from adapters.dft.rejected import RejectedCalculation

if TYPE_CHECKING:
    from pathlib import Path

_END = re.compile(r"JOB DONE\. *\n=-+=\s*\Z")
_FAILED = re.compile(r"^ *(convergence NOT achieved.*|.*Error in routine.*)$", re.M)
_NUMBER = r" *= +(-?[\d.]+)"
_MAGNETIZATION = r"\n +{} magnetization +=((?: +-?[\d.]+)+) Bohr mag/cell *\n"
_VOLUME = re.compile(r"unit-cell volume += +([\d.]+) (?:\(a\.u\.\)\^3|a\.u\.\^3)")
_SITES = re.compile(r"\n +\d+ +(\S+) +tau\( *\d+\) = \(")

_FUNCTIONALS = {"SLA PW PBX PBC": "PBE", "SLA PW PSX PSC": "PBEsol", "SLA PZ NOGX NOGC": "LDA (PZ)"}


def files(main: Path) -> tuple[Path, ...]:
    """Return the text output alone."""
    return (main,)


def read(found: tuple[Path, ...]) -> Calculation:
    """Read a finished, collinear, spin-polarized pw.x calculation from its text output.

    Parameters
    ----------
    found
        Standard output of pw.x.

    Raises
    ------
    RejectedCalculation
        As :func:`adapters.dft.read_calculation` says; also if the text does not say both JOB DONE at its end
        and ``convergence has been achieved`` behind its last total energy.
    """
    file = found[0]
    with opened(file) as stream:
        text = stream.read().decode("utf-8", errors="replace").replace("\r\n", "\n")
    _finished(file, text)
    last = text.rpartition("\n!    total energy")[2]
    _usable(file, text, last)
    elements = _elements(text)
    formula, composition = contents(elements)
    absolute = _magnetization(last, "absolute")
    return Calculation(
        moment_per_cell=_magnetization(last, "total")[0],
        formula=formula,
        composition=composition,
        n_atoms=len(elements),
        volume=float(_VOLUME.findall(text)[-1]) * BOHR**3,
        energy=_number(last, "") * HARTREE / 2,
        code="Quantum ESPRESSO",
        code_version=_word(text, r"Program PWSCF v\.(\S+) starts"),
        functional=_functional(text),
        k_mesh=None,
        moment_is_fixed="(up:" in text,
        absolute_moment=absolute[0] if absolute else None,
        remarks=_remarks(text, composition),
    )


def _finished(file: Path, text: str) -> None:
    if failed := list(_FAILED.finditer(text)):
        reason = f"not converged or failed: it says '{failed[-1][1].strip()}'"
        raise RejectedCalculation(file, reason, "Continue the run with more steps or other mixing.")
    if not _END.search(text):
        reason = "truncated or still running: no JOB DONE at its end"
        raise RejectedCalculation(file, reason, "Wait for the run to end or calculate again.")


def _usable(file: Path, text: str, last: str) -> None:
    again = "Calculate the ground state (scf, relax or vc-relax) with nspin = 2."
    relaxed = "bfgs converged in" in text and "maximum number of steps has been reached" not in text
    moments = _magnetization(last, "total")
    for wrong, reason in (
        (text.count("Program PWSCF v.") != 1, "several runs in one file"),
        ("Band Structure Calculation" in text, "not a ground state (band structure)"),
        ("Molecular Dynamics Calculation" in text, "not a ground state (molecular dynamics)"),
        ("BFGS Geometry Optimization" in text and not relaxed, "ionic convergence not reached"),
        ("Noncollinear calculation" in text or len(moments) > 1, "non-collinear: the moment is a vector"),
        (not moments, "not spin-polarized: it has no total magnetization behind its last total energy"),
        (
            "convergence has been achieved" not in last,
            "electronic convergence not reached: no 'convergence has been achieved' behind its last total energy",
        ),
    ):
        if wrong:
            raise RejectedCalculation(file, reason, again)


def _elements(text: str) -> list[str]:
    expected = int(_word(text, r"number of atoms/cell +=\s+(\d+)"))
    labels = _SITES.findall(text)[:expected]
    if len(labels) != expected:
        raise ValueError(f"{len(labels)} sites in the table of positions, expected {expected} atoms/cell")
    return [element_of(label) for label in labels]


def _magnetization(last: str, kind: str) -> list[float]:
    found = re.findall(_MAGNETIZATION.format(kind), last)
    return [float(word) for word in found[-1].split()] if found else []


def _functional(text: str) -> str:
    name = " ".join(_word(text, r"Exchange-correlation *= *([^\n(]+)").split())
    u = "+U" if re.search(r"(LDA|DFT)\+U calculation|Hubbard projectors", text) else ""
    return _FUNCTIONALS.get(name.upper(), name) + u


def _remarks(text: str, composition: dict[str, float]) -> tuple[str, ...]:
    points = _word(text, r"number of k points= +(\d+)")
    return (
        "read from the text output: the moment has two decimals",
        f"{points} k-points; their mesh is not in the text",
        *(
            f"whether the potential of {element} keeps 4f in its core is not in the text"
            for element in sorted(OPEN_4F & set(composition))
        ),
    )


def _number(text: str, name: str) -> float:
    return float(_word(text, name + _NUMBER))


def _word(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise ValueError(f"nothing matches '{pattern}'")
    return found[1]


FORM = Form(
    name="Quantum ESPRESSO text",
    file_name=r"(?!)",
    signature=rb"Program PWSCF v\.",
    files=files,
    read=read,
)
"""How the standard output of pw.x is recognised and read; in a folder, its XML is preferred."""
