"""Reading a table of values: every row right, or an error that names the lines that are not."""

from __future__ import annotations

import csv
import hashlib
import io
from pathlib import Path

from adapters.tables.row import TableRow, parse_row
from loop.errors import DataError
from loop.space import Space

_SHOWN = 8


def read_table(file: Path, space: Space, unit: str) -> tuple[list[TableRow], str]:
    """Read a CSV table (UTF-8, comma-separated, header line).

    Parameters
    ----------
    file
        Columns ``value`` and ``unit``; one column for each design variable, or ``formula``, or both, which must then
        agree; optionally ``id``, ``uncertainty`` (standard, in the row's unit), ``volume_A3_per_fu``,
        ``temperature_K``, ``laboratory``, ``paper``, ``doi``, ``method``, ``person``, ``sample``, ``note``.
        Other columns are left alone.
    space
        Design space the points must lie in.
    unit
        Unit in which the values are wanted.

    Returns
    -------
    rows, sha256
        The rows in the order of the file, and the SHA-256 of the file.

    Raises
    ------
    DataError
        Naming the file and every line (the first few, and how many more) that cannot be used.
    """
    try:
        raw = file.read_bytes()
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{file}: cannot be read as UTF-8 text ({error})") from error
    rows: list[TableRow] = []
    problems: list[str] = []
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(reader, [])]
        _check_header(header, file)
        for cells in reader:
            if any(cell.strip() for cell in cells):
                _take(cells, header, reader.line_num, space, unit, rows, problems)
    except csv.Error as error:
        raise DataError(f"{file}: line {reader.line_num}: not a CSV table ({error})") from error
    problems += _duplicates(rows)
    if problems:
        more = f"\n… and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise DataError("\n".join(f"{file}: {problem}" for problem in problems[:_SHOWN]) + more)
    if not rows:
        raise DataError(f"{file}: holds no rows, expected at least one")
    return rows, hashlib.sha256(raw).hexdigest()


def _check_header(header: list[str], file: Path) -> None:
    missing = [name for name in ("value", "unit") if name not in header]
    if missing:
        raise DataError(f"{file}: line 1: the column {missing[0]!r} is missing; found {', '.join(header) or 'nothing'}")
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise DataError(f"{file}: line 1: the column {twice[0]!r} stands there twice")


def _take(
    cells: list[str],
    header: list[str],
    line: int,
    space: Space,
    unit: str,
    rows: list[TableRow],
    problems: list[str],
) -> None:
    if len(cells) != len(header):
        problems.append(f"line {line}: has {len(cells)} fields, expected {len(header)} as in the header")
        return
    fields = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    try:
        rows.append(parse_row(fields, line, space, unit))
    except DataError as error:
        problems.append(f"line {line}: {error}")


def _duplicates(rows: list[TableRow]) -> list[str]:
    """Two rows with one id, or with all the same content, are one fact typed twice."""
    problems: list[str] = []
    ids: dict[str, int] = {}
    facts: dict[tuple[object, ...], int] = {}
    for row in rows:
        fact = (row.x, row.published_value, row.published_unit, *row.origin)
        if row.id and row.id in ids:
            problems.append(f"line {row.line}: the id {row.id!r} stands in line {ids[row.id]} already")
        elif fact in facts:
            problems.append(f"line {row.line}: the same row as line {facts[fact]}")
        ids.setdefault(row.id, row.line)
        facts.setdefault(fact, row.line)
    return problems
