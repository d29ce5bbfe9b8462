"""What a VASP OUTCAR says before its first iteration: version, cell contents and settings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from adapters.dft.compressed import opened

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_ASSIGNED = re.compile(r"^\s*\(?([A-Z][A-Z_0-9]*)\s*=\s*(.*)$")
_RUN = re.compile(r"^ vasp\.(\d\S*)")

Value = str | int | float | bool | list[float]


@dataclass
class OutcarHeader:
    """Settings of a run.

    Parameters
    ----------
    version
        ``"6.4.2"``; empty if the file does not begin like an OUTCAR.
    titles
        TITEL of each potential.
    elements
        Chemical symbol of every site.
    tags
        Settings by their VASP names, as the run used them (not as INCAR gave them).
    points, on_lines, mesh
        Number of k-points, whether they lie on lines, and divisions of the mesh where it is stated.
    """

    version: str = ""
    titles: list[str] = field(default_factory=list)
    elements: list[str] = field(default_factory=list)
    tags: dict[str, Value] = field(default_factory=dict)
    points: int = 0
    on_lines: bool = False
    mesh: tuple[int, int, int] | None = None

    @property
    def style(self) -> str:
        """How the k-points were generated, in the words of KPOINTS."""
        return "Line_mode" if self.on_lines else "automatic"


def read_header(file: Path) -> OutcarHeader:
    """Read an OUTCAR up to its first iteration.

    Raises
    ------
    ValueError
        Numbers of atoms and potentials do not fit together.
    """
    header = OutcarHeader()
    counts: list[int] = []
    symbols: list[str] = []
    used = False
    with opened(file) as stream:
        for raw in stream:
            line = raw.decode("latin-1").rstrip()
            if " Iteration " in line:
                break
            used = used or "Startparameter for this run" in line
            if used:
                header.tags |= _settings(line)
            _take(line, header, symbols, counts)
    if len(symbols) != len(counts):
        raise ValueError(f"{len(symbols)} potentials (VRHFIN) for {len(counts)} numbers of ions per type")
    header.elements = [symbol for symbol, n in zip(symbols, counts, strict=True) for _ in range(n)]
    return header


def _take(line: str, header: OutcarHeader, symbols: list[str], counts: list[int]) -> None:
    if match := _RUN.match(line):
        header.version = match[1]
    elif "VRHFIN =" in line:
        symbols.append(line.partition("=")[2].partition(":")[0].strip())
    elif "TITEL  =" in line:
        header.titles.append(line.partition("=")[2].strip())
    elif "ions per type =" in line:
        counts.extend(int(word) for word in line.partition("=")[2].split())
    elif "generate k-points for:" in line:
        first, second, third = (int(word) for word in line.partition(":")[2].split()[:3])
        header.mesh = first, second, third
    elif match := re.search(r"NKPTS = +(\d+)", line):
        header.points = int(match[1])
    elif "interpolating k-points between supplied coordinates" in line:
        header.on_lines = True
    elif "LDA+U is selected" in line:
        header.tags["LDAU"] = True
    elif match := re.search(r"\bIVDW\s*=\s*(\d+)", line):
        header.tags["IVDW"] = int(match[1])


def _settings(line: str) -> Mapping[str, Value]:
    found: dict[str, Value] = {}
    for part in line.split(";"):
        if match := _ASSIGNED.match(part):
            words = match[2].split()
            if match[1] == "VCA":
                found["VCA"] = [float(word) for word in words]
            elif words:
                found[match[1]] = _value(words[0])
    return found


def _value(word: str) -> Value:
    if word in {"T", "F"}:
        return word == "T"
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return word
