"""Elk: INFO.OUT, checked by MOMENT.OUT. Its exit status is 0 in every failure, so the files have to say it."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

from adapters.dft.calculation import Calculation
from adapters.dft.compressed import SUFFIXES, text_in
from adapters.dft.elk_species import species
from adapters.dft.form import Form, PartialForm
from adapters.dft.rejected import RejectedCalculation

if TYPE_CHECKING:
    from pathlib import Path

BOHR, HARTREE = 0.529177210903, 27.211386245988
"""Å and eV (CODATA 2018)."""

_FUNCTIONALS = {2: "LDA (PZ)", 3: "LDA (PW92)", 4: "LDA (Xα)", 5: "LDA (BH)", 20: "PBE", 21: "revPBE", 22: "PBEsol",
                26: "WC", 30: "AM05"}  # fmt: skip
_NUMBER = r" *: *(-?[\d.]+(?:E[+-]\d+)?) *\n"
_END = re.compile(r"(\+-+\+)\n\| Elk version \S+ stopped \|\n\1\s*\Z")


def files(main: Path) -> tuple[Path, ...]:
    """Return INFO.OUT, MOMENT.OUT and what may hold the standard output of the run."""
    names = re.compile(r"(std|elk).*\.(txt|out|log|stdout)|.*stdout.*", re.ASCII)
    spoken = [file for file in sorted(main.parent.iterdir()) if file.is_file() and names.fullmatch(file.name)]
    moment = [file for file in [_moment_file(main)] if file.is_file()]
    return (main, *moment, *[file for file in spoken if file.stat().st_size])


def _moment_file(main: Path) -> Path:
    name = re.sub(rf"{SUFFIXES}$", "", main.name).replace("INFO", "MOMENT")
    found = (main.with_name(name + end) for end in ("", ".gz", ".bz2", ".xz", ".lzma"))
    return next((file for file in found if file.is_file()), main.with_name(name))


def read(found: tuple[Path, ...]) -> Calculation:
    """Read a finished, collinear, spin-polarized Elk ground state.

    Parameters
    ----------
    found
        INFO.OUT, MOMENT.OUT, then files of standard output.

    Raises
    ------
    RejectedCalculation
        As :func:`adapters.dft.read_calculation` says; also if MOMENT.OUT is missing, cut or of another run,
        or a line of standard output begins with ``Error``.
    """
    main, rows = found[0], _moment_file(found[0])
    text = text_in(main)
    _finished(main, text)
    _usable(main, text)
    _converged(main, text)
    for file in found[1:]:
        _without_error(file)
    total = _last(text, "total moment")
    _cross_checked(rows, total, loops=int(_last(text, r"\| Loop number", r" *: *(\d+) *\|\n")))
    formula, composition, remarks = species(text)
    number = int(_last(text, "Exchange-correlation functional", r" *: *(\d+)"))
    first, second, third = (int(n) for n in _last_words(text, "k-point grid", r" *: *(\d+ +\d+ +\d+) *\n"))
    return Calculation(
        moment_per_cell=total,
        formula=formula,
        composition=composition,
        n_atoms=int(_last(text, "Total number of atoms per unit cell", r" *: *(\d+)")),
        volume=_last(text, "Unit cell volume") * BOHR**3,
        energy=_last(text, " total energy") * HARTREE,
        code="Elk",
        code_version=_last_words(text, "Elk version", r" (\S+) stopped")[0],
        functional=_FUNCTIONALS.get(number, f"Elk xctype {number}") + ("+U" if "DFT+U calculation" in text else ""),
        k_mesh=(first, second, third),
        moment_is_fixed="fixed spin moment (FSM)" in text,
        site_moments=_sites(text),
        remarks=remarks,
    )


def _finished(file: Path, text: str) -> None:
    if not _END.search(text):
        reason = "truncated or still running: it does not end with 'Elk version … stopped'"
        raise RejectedCalculation(file, reason, "Wait for the run to end or calculate again in a fresh folder.")


def _usable(file: Path, text: str) -> None:
    again = "Calculate the ground state (task 0) with spinpol = .true. and a collinear field."
    treatment = text.partition("Spin treatment :")[2].partition("\n\n")[0]
    for wrong, reason in (
        ("spin-unpolarised" in treatment, "not spin-polarized: it has no moment"),
        ("spin-orbit" in treatment, "spin-orbit coupling: the moment is a vector"),
        ("non-collinear" in treatment, "non-collinear: the moment is a vector"),
        ("spin-spiral" in treatment, "spin spiral: no ferromagnet"),
        ("collinear magnetisation" not in treatment, "it does not say 'collinear magnetisation'"),
        ("| Geometry optimisation" in text, "geometry optimisation: the last volume is not in INFO.OUT"),
        (text.count("| Elk version") != 2, "several runs in one file"),
    ):
        if wrong:
            raise RejectedCalculation(file, reason, again)


def _converged(file: Path, text: str) -> None:
    loop = text.rpartition("Self-consistent loop started")[2]
    if "Convergence targets achieved" not in loop or "Reached self-consistent loops maximum" in loop:
        reason = "electronic convergence not reached (no 'Convergence targets achieved')"
        raise RejectedCalculation(file, reason, "Calculate again with larger maxscl or other mixing.")


def _without_error(file: Path) -> None:
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
        if line.lstrip().startswith("Error"):
            reason = f"the run failed: '{line.strip()}'; the other files may be older"
            raise RejectedCalculation(file, reason, "Calculate again in a fresh folder.")


def _cross_checked(file: Path, total: float, loops: int) -> None:
    remedy = "INFO.OUT and MOMENT.OUT of one whole run are needed; copy both again."
    if not file.is_file():
        raise RejectedCalculation(file, "it is missing beside INFO.OUT", remedy)
    text = text_in(file)
    rows = [row.split() for row in text.splitlines() if row.strip()]
    if len(rows) != loops or not text.endswith("\n"):
        reason = f"truncated or of another run: {len(rows)} rows, expected {loops} (one a loop) and a last newline"
        raise RejectedCalculation(file, reason, remedy)
    length = math.hypot(*(float(word) for word in rows[-1]))
    # Written with 'not … <=' because a NaN must not pass.
    if not abs(length - abs(total)) <= 1e-6:
        reason = f"its last moment {length:.6f} μB is not that of INFO.OUT, {abs(total):.6f} μB"
        raise RejectedCalculation(file, reason, remedy)


def _sites(text: str) -> tuple[float, ...]:
    block = text.rpartition("\nMoments :\n")[2].partition("total in muffin-tins")[0]
    return tuple(float(word) for word in re.findall(r"\n +atom +\d+ *: *(\S+)", block))


def _last(text: str, name: str, value: str = _NUMBER) -> float:
    return float(_last_words(text, name, value)[0])


def _last_words(text: str, name: str, value: str) -> list[str]:
    found: list[str] = re.findall(name + value, text)
    if not found:
        raise ValueError(f"no readable '{name}' in INFO.OUT")
    return found[-1].split()


FORM = Form(
    name="Elk INFO.OUT",
    file_name=rf"INFO[\w-]*\.OUT{SUFFIXES}",
    signature=rb"\A\s*\+-+\+\s*\| Elk version",
    files=files,
    read=read,
)
"""How Elk output is recognised and read."""

PARTIAL = (
    PartialForm(
        name="Elk output",
        file_name=r"(MOMENTM?|TOTENERGY|STATE|GEOMETRY|EIGVAL)\.OUT|elk\.in",
        signature=rb"Elk code version \S+ started",
        lacks="it does not say whether the run converged",
        needed="Pass the INFO.OUT of the same run, with its MOMENT.OUT beside it.",
    ),
)
"""Elk files that are recognised but not read alone."""
