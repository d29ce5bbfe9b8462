"""A spreadsheet as a person keeps it, read far enough to start a campaign with it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from adapters.tables.cells import Cells, read_cells
from adapters.tables.mapping import NUMBERS, ORDERS, TEXTS
from loop.errors import DataError

_KEPT = tuple(name for name in (*NUMBERS, *TEXTS) if name not in ("value", "unit"))
_NOT_VARIED = (*NUMBERS, *TEXTS, *ORDERS, "formula")
_WITH_UNIT = re.compile(r"(?P<name>.+?)\s*[(\[](?P<unit>[^)\]]+)[)\]]\s*")
_SHOWN = 8
Row = dict[str, str]


@dataclass(frozen=True)
class OwnTable:
    """Values of one quantity at the settings of some columns.

    Parameters
    ----------
    file
        Where it was read.
    unit
        Of the values.
    rows
        Line of the file, and text by column as :func:`~adapters.tables.read_table` names them: ``value``, ``unit``,
        what is kept of laboratory, sample and so on, and every column that could be varied, under an identifier.
    numbers, texts
        Columns that could be varied: those that hold numbers, and the others.
    """

    file: Path
    unit: str
    rows: tuple[tuple[int, Row], ...]
    numbers: tuple[str, ...]
    texts: tuple[str, ...]

    def values_of(self, column: str) -> list[str]:
        """Different texts of a column, in the order in which they come."""
        return list(dict.fromkeys(row[column] for _, row in self.rows))


def read_own_table(file: Path, value: str | None = None, unit: str | None = None) -> OwnTable:
    """Read a spreadsheet.

    Parameters
    ----------
    file
        CSV (UTF-8; separated by comma, semicolon or tabulator; with semicolons numbers may have decimal commas) or
        Excel (.xlsx), with a header line.
    value
        Column of the values; ``value``, or the only one whose name states a unit, as ``M (T)`` does, if None.
    unit
        Of the values; what the column ``unit`` or the name of the values' column states if None.

    Raises
    ------
    DataError
        Naming file and line, what was found, what was expected, and the option that settles it.
    """
    separator = _separator(file)
    cells = read_cells(file, delimiter=separator)
    column = _value_column(file, cells, value)
    stated = _WITH_UNIT.fullmatch(column)
    found = unit or (_units(cells) if "unit" in cells.header else stated["unit"] if stated else "")
    if not found:
        raise DataError(f"{file}: the unit of {column!r} is not stated; give it with --unit, such as --unit T")
    names = _identifiers(file, [name for name in cells.header if name and name not in (column, *_NOT_VARIED)])
    problems = [*cells.problems]
    rows = tuple(
        (line, _row(texts, column, found, names, decimal_comma=separator == ";")) for line, texts in cells.rows
    )
    problems += [
        f"line {line}: column {column!r}: found {row['value']!r}, expected a number; leave out what has none"
        for line, row in rows
        if not is_number(row["value"])
    ]
    problems += _twice(rows)
    if problems:
        more = f"\n… and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        raise DataError("\n".join(f"{file}: {problem}" for problem in problems[:_SHOWN]) + more)
    numbers = tuple(name for name in names.values() if all(is_number(row[name]) for _, row in rows))
    return OwnTable(file, found, rows, numbers, tuple(name for name in names.values() if name not in numbers))


def is_number(text: str) -> bool:
    """Whether a text is a finite number."""
    try:
        return math.isfinite(float(text.replace("_", "?")))
    except ValueError:
        return False


def identifier(name: str) -> str:
    """Name of a column as a variable of a campaign: ``Co share (x)`` becomes ``Co_share_x``."""
    plain = re.sub(r"\W+", "_", name).strip("_")
    return plain if plain.isidentifier() else f"x_{plain}"


def _separator(file: Path) -> str:
    if file.suffix.lower() == ".xlsx":
        return ","
    try:
        with file.open(encoding="utf-8-sig") as lines:
            first = lines.readline()
    except (OSError, UnicodeDecodeError):
        return ","  # read_cells says what is wrong
    return max(",;\t", key=first.count)


def _value_column(file: Path, cells: Cells, value: str | None) -> str:
    if value is not None:
        if value not in cells.header:
            raise DataError(f"{file}: line 1: the column {value!r} is missing; found {', '.join(cells.header)}")
        return value
    if "value" in cells.header:
        return "value"
    likely = [name for name in cells.header if _WITH_UNIT.fullmatch(name)]
    if len(likely) != 1:
        raise DataError(
            f"{file}: line 1: which column holds the values cannot be told; found {', '.join(cells.header)}, expected "
            "one named 'value', or one whose name states a unit, as 'M (T)'; name it with --measured or --calculated"
        )
    return likely[0]


def _units(cells: Cells) -> str:
    return cells.rows[0][1]["unit"] if cells.rows else ""


def _identifiers(file: Path, columns: Sequence[str]) -> dict[str, str]:
    names = {column: identifier(column) for column in columns}
    for column, name in names.items():
        twins = [other for other in columns if names[other] == name]
        if len(twins) > 1 or name in _NOT_VARIED:
            raise DataError(
                f"{file}: line 1: the column {column!r} would be called {name!r}, which is taken; rename it"
            )
    return names


def _row(texts: Row, column: str, unit: str, names: dict[str, str], *, decimal_comma: bool) -> Row:
    def text(name: str) -> str:
        dotted = texts[name].replace(",", ".")
        return dotted if decimal_comma and is_number(dotted) else texts[name]

    row = {name: text(old) for old, name in names.items()}
    row |= {name: texts[name] for name in _KEPT if name in texts and name != column}
    return row | {"value": text(column), "unit": texts.get("unit") or unit}


def _twice(rows: Sequence[tuple[int, Row]]) -> list[str]:
    seen: dict[tuple[tuple[str, str], ...], int] = {}
    problems = []
    for line, row in rows:
        content = tuple(sorted((name, text) for name, text in row.items() if name != "id"))
        if content in seen:
            problems.append(
                f"line {line}: the same row as line {seen[content]}; leave one out, or tell them apart in a column "
                "'sample' or 'note'"
            )
        seen.setdefault(content, line)
    return problems
