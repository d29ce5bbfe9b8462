"""Plain tables of calculations, JSON and CSV, that say how many rows they have.

JSON: ``{"calculations": [{…}, …]}``. CSV: a first line ``# calculations: 12``, a header, the rows. The number of rows
is required because a table that was cut between two rows looks whole.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from adapters.dft import stamp
from adapters.dft.calculation import Calculation
from adapters.dft.calculation_row import parsed
from adapters.dft.compressed import SUFFIXES, text_in
from adapters.dft.form import Form
from adapters.dft.guard import only_rejections
from adapters.dft.plausible import plausible
from adapters.dft.rejected import RejectedCalculation, SeveralCalculations
from loop.errors import DataError

_COUNT = re.compile(r"# *calculations: *(\d+) *\r?\n")
_REMEDY = "Correct the row; the fields and units stand in adapters/README.md."
_AGAIN = "Copy the file again, or write it again."

Rows = list[tuple[str, dict[str, Any]]]


def read_calculation_table(file: Path) -> list[Calculation | RejectedCalculation]:
    """Read every row of a table.

    Returns
    -------
    list
        A calculation or a refusal for each row, in their order.

    Raises
    ------
    RejectedCalculation
        The file is cut, or no such table.
    """
    with only_rejections(file, "damaged or truncated, or no table of calculations after all"):
        before = stamp.quiet([file], 0.0)
        rows, digests = _rows(file), stamp.digests([file])
        stamp.unchanged(before)
        return [_outcome(file, where, fields, digests) for where, fields in rows]


def read(found: tuple[Path, ...]) -> Calculation:
    """Read a table of one calculation.

    Raises
    ------
    SeveralCalculations
        It holds several: use :func:`read_calculation_table`.
    """
    file = found[0]
    rows = _rows(file)
    if len(rows) != 1:
        reason = f"a table of {len(rows)} calculations, expected one"
        raise SeveralCalculations(file, reason, "Scan its folder (douka scan), or read it by read_calculation_table.")
    return _calculation(file, *rows[0])


def _outcome(
    file: Path, where: str, fields: dict[str, Any], digests: dict[str, str]
) -> Calculation | RejectedCalculation:
    try:
        return plausible(replace(_calculation(file, where, fields).upright(), files=digests))
    except RejectedCalculation as refusal:
        return refusal


def _calculation(file: Path, where: str, fields: dict[str, Any]) -> Calculation:
    try:
        return parsed(fields).calculation(str(file), where)
    except DataError as error:
        raise RejectedCalculation(file, f"{where}: {error}", _REMEDY) from error


def _rows(file: Path) -> Rows:
    text = text_in(file).removeprefix("\ufeff")
    return _csv_rows(file, text) if text.startswith("#") else _json_rows(file, text)


def _json_rows(file: Path, text: str) -> Rows:
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        raise RejectedCalculation(file, f"truncated or no JSON ({error})", _AGAIN) from error
    rows = content.get("calculations") if isinstance(content, dict) else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise RejectedCalculation(file, 'it is not of the form {"calculations": [{…}, …]}', _REMEDY)
    return [(f"row {number}", row) for number, row in enumerate(rows, start=1)]


def _csv_rows(file: Path, text: str) -> Rows:
    count = _COUNT.match(text)
    if count is None:
        raise RejectedCalculation(file, "its first line is not '# calculations: N'", _REMEDY)
    if not text.endswith("\n"):
        raise RejectedCalculation(file, "truncated: its last line has no end", _AGAIN)
    reader = csv.DictReader(io.StringIO(text[count.end() :], newline=""), strict=True)
    rows = [(f"line {reader.line_num + 1}", _filled(row)) for row in reader]
    if len(rows) != int(count[1]):
        reason = f"truncated? It holds {len(rows)} rows, its first line says {count[1]}"
        raise RejectedCalculation(file, reason, _AGAIN)
    return rows


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    """Leave empty cells out; a row with too few or too many cells keeps what shows it."""
    return {str(name): value for name, value in row.items() if value not in ("", None)}


FORM = Form(
    name="table of calculations",
    file_name=rf".*\.calculations\.(json|csv){SUFFIXES}",
    signature=rb'\A(\xef\xbb\xbf)?(# *calculations: *\d|\s*\{\s*"calculations"\s*:)',
    files=lambda main: (main,),
    read=read,
)
"""How such a table is recognised."""
