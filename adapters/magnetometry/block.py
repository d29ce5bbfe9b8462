"""A table in the text of a file: headings and rows of cells, however they are separated."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

_SEPARATORS = ("\t", ";", ",")
_WIDE = re.compile(r"\s{2,}")


@dataclass(frozen=True)
class Row:
    """One row.

    Parameters
    ----------
    line
        Of the file, from 1.
    cells
        As they stand there.
    """

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """One table.

    Parameters
    ----------
    header
        Keys and values that stand above it.
    headings
        Of its columns.
    units
        From a row of units below the headings; empty where there is none.
    rows
        Below.
    separator
        Of the cells; a blank stands for any white space.
    is_cut
        Whether the last row ends without a line end.
    program
        What the file says that wrote it.
    """

    header: dict[str, str]
    headings: tuple[str, ...]
    units: tuple[str, ...]
    rows: tuple[Row, ...]
    separator: str
    is_cut: bool = False
    program: str = ""


def separator_of(line: str) -> str:
    """Tell what separates the cells of a heading line."""
    counts = {sign: line.count(sign) for sign in _SEPARATORS}
    best = max(counts, key=lambda sign: counts[sign])
    return best if counts[best] else " "


def cells_of(line: str, separator: str) -> tuple[str, ...]:
    """Split a line; a quotation mark that is not closed ends with its line."""
    if separator == " ":
        return tuple(_WIDE.split(line.strip()) if _WIDE.search(line.strip()) else line.split())
    cells = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    if len(cells) == 1 and separator in cells[0]:
        # A spreadsheet took the whole line for one cell.
        cells = next(csv.reader(cells, delimiter=separator), [])
    return tuple(cells)


def trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    """Take empty cells off the end."""
    kept = list(cells)
    while kept and not kept[-1].strip():
        kept.pop()
    return tuple(kept)
