"""The few facts of a VASP OUTCAR that its end proves.

pymatgen's ``Outcar`` is not used: of an unfinished file it returns the moment of the first electronic step.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from adapters.dft.compressed import opened
from adapters.dft.rejected import RejectedCalculation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MOMENT = re.compile(rb"^ *number of electron +(\S+) +magnetization(.*)$")
_ENERGY = re.compile(rb"energy\(sigma->0\) += +(\S+) *$")
_FOOTER = b"General timing and accounting"
# The last thing that every version writes below the footer; its newline proves that the number is whole.
_LAST = re.compile(rb"^ *Voluntary context switches: +\S+\s*\n$")


@dataclass
class Outcar:
    """What the end of an OUTCAR says.

    Parameters
    ----------
    moment, electrons
        Total moment of the cell in μB, signed, and number of electrons, after the last electronic step; None
        without spin polarization.
    energy, volume
        Of the last ionic step, in eV (extrapolated to zero smearing) and Å³; None where it does not say.
    footer, finished
        The timing footer begins; it is there to its last line.
    settled
        ``EDIFF is reached`` was written after the last electronic step.
    not_converged
        The line that says so, or None.
    relaxed
        ``reached required accuracy`` was written after a structural relaxation.
    loops
        Electronic loops that ended, one an ionic step.
    site_moments
        Moments inside the spheres in μB (needs LORBIT); None if not written.
    """

    moment: float | None = None
    electrons: float | None = None
    energy: float | None = None
    volume: float | None = None
    footer: bool = False
    finished: bool = False
    settled: bool = False
    not_converged: str | None = None
    relaxed: bool = False
    loops: int = 0
    site_moments: tuple[float, ...] | None = None


def read_outcar(file: Path) -> Outcar:
    """Scan an OUTCAR once, line by line.

    Raises
    ------
    RejectedCalculation
        The footer is missing or cut: the run has not ended, or the file is not whole.
    """
    facts = Outcar()
    with opened(file) as stream:
        lines = iter(stream)
        for line in lines:
            _take(line, lines, facts)
    if not facts.finished:
        found = "its timing footer is cut" if facts.footer else "it has no 'General timing' footer"
        raise RejectedCalculation(
            file,
            f"truncated or still running: {found}",
            "Wait for the run to end, copy the file again, or calculate again if the job was killed.",
        )
    return facts


def _take(line: bytes, lines: Iterator[bytes], facts: Outcar) -> None:
    if match := _MOMENT.match(line):
        numbers = match[2].split()
        facts.electrons = float(match[1])
        facts.moment = float(numbers[0]) if len(numbers) == 1 else None
        facts.settled = facts.finished = False  # of a run appended to a finished one, nothing is finished
    elif match := _ENERGY.search(line):
        facts.energy = float(match[1])
    elif line.lstrip().startswith(b"direct lattice vectors"):
        facts.volume = _volume(lines)
    elif line.strip() == b"magnetization (x)":
        facts.site_moments = _sites(lines)
    else:
        _take_progress(line, facts)


def _take_progress(line: bytes, facts: Outcar) -> None:
    """Note how far the run has come."""
    if b"aborting loop" in line:
        facts.loops += 1
        facts.settled = b"EDIFF is reached" in line
        facts.not_converged = None if facts.settled else line.decode("latin-1").strip(" -\r\n")
    elif b"stop encountered" in line:
        facts.not_converged = line.decode("latin-1").strip(" -\r\n")
    elif b"reached required accuracy" in line:
        facts.relaxed = True
    elif _FOOTER in line:
        facts.footer = True
    elif facts.footer and _LAST.match(line):
        facts.finished = True


def _sites(lines: Iterator[bytes]) -> tuple[float, ...] | None:
    """Read the table below ``magnetization (x)``: ion, s, p, d(, f), tot."""
    moments: list[float] = []
    for line in lines:
        columns = line.split()
        if len(columns) > 2 and columns[0].isdigit():
            moments.append(float(columns[-1]))
        elif moments:
            break
    return tuple(moments) or None


def _volume(lines: Iterator[bytes]) -> float:
    """Take the volume from the lattice vectors: in the line ``volume of cell`` it has two decimals."""
    rows = [[float(word) for word in next(lines).split()[:3]] for _ in range(3)]
    return abs(float(np.linalg.det(np.array(rows))))
