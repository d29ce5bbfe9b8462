"""A worksheet that came back, whatever program saved it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

from adapters.magnetometry.block import cells_of, separator_of
from adapters.magnetometry.rejected import RejectedMeasurement
from adapters.magnetometry.text import read_text
from adapters.worksheets import heading as h
from loop.errors import RejectedError

_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}")
_DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
SUFFIXES = (".csv", ".tsv", ".txt")
"""Of files that may be worksheets."""


class RejectedWorksheet(RejectedError):  # noqa: N818  as RejectedCalculation
    """A file is no worksheet, or cannot be read.

    Parameters
    ----------
    file
        What was read.
    reason
        What was found.
    remedy
        What a person can do about it.
    """

    def __init__(self, file: str | PathLike[str], reason: str, remedy: str) -> None:
        super().__init__(str(file), reason.rstrip("."), remedy)


@dataclass(frozen=True)
class Row:
    """One row that came back.

    Parameters
    ----------
    file, line, sha256
        Where it stands: the worksheet, its line from 1, the SHA-256 of its bytes.
    fields
        Text by heading in lower case, stripped.
    with_commas
        Whether the worksheet writes decimals with a comma, so that ``1,234`` is one and a quarter or so.
    """

    file: Path
    line: int
    sha256: str
    fields: Mapping[str, str]
    with_commas: bool

    def text(self, name: str) -> str:
        """What stands in a column; empty where there is no such column."""
        return self.fields.get(name, "")

    @property
    def is_filled(self) -> bool:
        """Whether anybody gave a value, a file with one, or a reason why there is none."""
        return any(self.text(name) for name in (h.VALUE, h.FILE, h.FAILED))


def is_worksheet(file: Path) -> bool:
    """Whether the first lines of a file name the columns of a worksheet; False where it cannot be read."""
    try:
        return _heading(read_text(file).lines) is not None
    except RejectedMeasurement:
        return False


def read_sheet(file: Path) -> list[Row]:
    """Read a worksheet: UTF-8, UTF-16 or cp1252; commas, semicolons or tabs; rows and columns in any order.

    Parameters
    ----------
    file
        As saved by a spreadsheet.

    Returns
    -------
    list of Row
        Those with a request, in the order of the file.

    Raises
    ------
    RejectedWorksheet
        Where it is no worksheet.
    """
    try:
        text = read_text(file)
    except RejectedMeasurement as refusal:
        raise RejectedWorksheet(file, refusal.reason, refusal.remedy) from refusal
    place = _heading(text.lines)
    if place is None:
        raise RejectedWorksheet(
            file,
            f"is no worksheet: no line names the columns {h.REQUEST!r} and {h.VALUE!r}",
            "Write one with: douka worksheet CAMPAIGN, and keep its first line.",
        )
    separator = separator_of(text.lines[place])
    names = [" ".join(cell.lower().split()) for cell in cells_of(text.lines[place], separator)]
    lines = [
        (n, cells_of(line, separator)) for n, line in enumerate(text.lines[place + 1 :], place + 2) if line.strip()
    ]
    fields = [(n, {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name}) for n, cells in lines]
    with_commas = separator != "," or any(
        _DECIMAL_COMMA.fullmatch(cell) and not _THOUSANDS.fullmatch(cell) for _, cells in lines for cell in cells
    )
    return [Row(file, n, text.sha256, found, with_commas) for n, found in fields if found.get(h.REQUEST)]


def number(row: Row, name: str) -> float | None:
    """Read a number with a decimal point or comma; None where the cell is empty.

    Raises
    ------
    ValueError
        Where it is none, or can be read in two ways.
    """
    text = row.text(name).replace("−", "-").replace("\u00a0", "").strip()
    if not text:
        return None
    if _THOUSANDS.fullmatch(text) and not row.with_commas:
        raise ValueError(
            f"{name!r} is {text!r}, which can be read in two ways: write {text.replace(',', '.')} or without comma"
        )
    try:
        value = float(text.replace(",", ".") if "." not in text else text)
    except ValueError:
        raise ValueError(f"{name!r} is {text!r}, expected a number") from None
    if not abs(value) < float("inf"):
        raise ValueError(f"{name!r} is {text!r}, expected a finite number")
    return value


def _heading(lines: tuple[str, ...]) -> int | None:
    for place, line in enumerate(lines[:20]):
        cells = {" ".join(cell.lower().split()) for cell in cells_of(line, separator_of(line))}
        if {h.REQUEST, h.VALUE} <= cells:
            return place
    return None
