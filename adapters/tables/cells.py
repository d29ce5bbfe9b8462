"""The cells of a table, whatever kind of file it is."""

from __future__ import annotations

import csv
import hashlib
import io
import warnings
import zipfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from loop.errors import DataError

_EXCEL = ".xlsx"


@dataclass(frozen=True)
class Cells:
    """A table as text.

    Parameters
    ----------
    header
        Names of the columns, stripped.
    rows
        Line of the file (from 1) and text by column name, stripped; blank rows are left out.
    problems
        Rows that are not as long as the header, with their lines.
    sha256
        Of the file.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]
    problems: tuple[str, ...]
    sha256: str


def read_cells(file: Path, *, delimiter: str = ",", sheet: str | None = None) -> Cells:
    """Read a CSV file (UTF-8), or a sheet of an Excel file (.xlsx).

    Parameters
    ----------
    file
        With a header line.
    delimiter
        Of a CSV file.
    sheet
        Of an Excel file; the first one if None.

    Raises
    ------
    DataError
        Where it cannot be read, naming the file and the line.
    """
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise DataError(f"{file}: cannot be read ({error.strerror})") from error
    is_excel = file.suffix.lower() == _EXCEL
    if sheet is not None and not is_excel:
        raise DataError(f"{file}: has no sheets, expected an Excel file ({_EXCEL}) where 'sheet' is given")
    lines = _of_excel(file, raw, sheet) if is_excel else _of_csv(file, raw, delimiter)
    header = tuple(cell.strip() for cell in lines[0][1]) if lines else ()
    _check_header(header, file)
    filled = [(line, cells) for line, cells in lines[1:] if any(cell.strip() for cell in cells)]
    if not filled:
        raise DataError(f"{file}: holds no rows, expected at least one below the header")
    return Cells(
        header=header,
        rows=tuple((line, _named(cells, header)) for line, cells in filled if len(cells) == len(header)),
        problems=tuple(
            f"line {line}: has {len(cells)} fields, expected {len(header)} as in the header"
            for line, cells in filled
            if len(cells) != len(header)
        ),
        sha256=hashlib.sha256(raw).hexdigest(),
    )


def _of_csv(file: Path, raw: bytes, delimiter: str) -> list[tuple[int, list[str]]]:
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{file}: cannot be read as UTF-8 text ({error}); save it as CSV in UTF-8") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    try:
        return [(reader.line_num, cells) for cells in reader]
    except csv.Error as error:
        raise DataError(f"{file}: line {reader.line_num}: not a CSV table ({error})") from error


def _of_excel(file: Path, raw: bytes, sheet: str | None) -> list[tuple[int, list[str]]]:
    try:
        import_module("openpyxl")  # pandas would name the package, but not how to get it with douka
    except ImportError as error:
        raise DataError(
            f'{file}: Excel files need the optional package openpyxl: pip install "douka[excel]"; or save as CSV'
        ) from error
    import pandas as pd

    try:
        with warnings.catch_warnings():
            # What openpyxl does not know (validation lists, styles) is no part of the values.
            warnings.simplefilter("ignore")
            frame = pd.read_excel(
                io.BytesIO(raw),
                sheet_name=0 if sheet is None else sheet,
                header=None,
                dtype=str,
                keep_default_na=False,
                engine="openpyxl",
            )
    except (ValueError, KeyError, OSError, zipfile.BadZipFile) as error:
        raise DataError(f"{file}: cannot be read as an Excel file ({error})") from error
    return [(number, [str(cell) for cell in cells]) for number, cells in enumerate(frame.to_numpy().tolist(), 1)]


def _check_header(header: tuple[str, ...], file: Path) -> None:
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise DataError(f"{file}: line 1: the column {twice[0]!r} stands there twice")


def _named(cells: list[str], header: tuple[str, ...]) -> dict[str, str]:
    return {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
