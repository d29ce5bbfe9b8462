"""Plain tables: CSV with the units in the headings or in a row below, and exports in the manner of Lake Shore's.

Above the table may stand lines of a key and a value: ``Sample Mass: 12.3 mg``, ``Mass (mg),12.3``.
"""

from __future__ import annotations

import re

from adapters.magnetometry.block import Block, Row, cells_of, separator_of, trimmed
from adapters.magnetometry.column import column_of, is_known
from adapters.magnetometry.number import is_nothing, is_number
from adapters.magnetometry.text import Text

_COMMENT = "#%!;*"
_PAIR = re.compile(r"^\s*(?P<key>[^:=,;\t]+?)\s*[:=,;\t]\s*(?P<value>.*?)[\s,;]*$")


def blocks_of(text: Text) -> list[Block]:
    """Find the tables of a file: each begins where a line names at least two quantities.

    Parameters
    ----------
    text
        Of the file.
    """
    found: list[Block] = []
    above: list[str] = []
    header: dict[str, str] = {}
    place, lines = 0, text.lines
    while place < len(lines):
        separator = _is_heading(lines[place])
        if separator is None:
            above.append(lines[place])
            place += 1
            continue
        header = {**header, **_pairs(above)}
        block, place = _block(header, text, place, separator)
        found.append(block)
        above = []
    return found


def pairs_of(text: Text) -> dict[str, str]:
    """Read the keys and values of a file that has no table."""
    return _pairs(list(text.lines))


def _is_heading(line: str) -> str | None:
    """Tell the separator of a line that names at least two quantities; None for any other line."""
    text = line.strip().lstrip("#%!*").strip()
    separator = separator_of(text)
    cells = trimmed(cells_of(text, separator))
    known = {column_of(0, cell).name for cell in cells if is_known(column_of(0, cell))}
    return separator if len(known) > 1 and not any(is_number(cell) for cell in cells) else None


def _block(header: dict[str, str], text: Text, place: int, separator: str) -> tuple[Block, int]:
    headings = trimmed(cells_of(text.lines[place].strip().lstrip("#%!*").strip(), separator))
    place += 1
    units: tuple[str, ...] = ()
    rows: list[Row] = []
    while place < len(text.lines) and _is_heading(text.lines[place]) is None:
        line = text.lines[place]
        cells = cells_of(line, separator) if separator != " " else tuple(line.split())
        if not rows and not units and _are_units(line, separator, headings):
            units = _units(line, separator)
        elif _is_row(line, cells):
            rows.append(Row(place + 1, cells))
        elif rows and line.strip() and not line.strip().startswith(tuple(_COMMENT)):
            break
        place += 1
    is_cut = not text.ends_with_newline and bool(rows) and rows[-1].line == len(text.lines)
    return Block(header, headings, units, tuple(rows), separator, is_cut, header.get("instrument", "")), place


def _is_row(line: str, cells: tuple[str, ...]) -> bool:
    return not line.strip().startswith(("#", "%", "!")) and any(is_number(cell) for cell in cells)


def _are_units(line: str, separator: str, headings: tuple[str, ...]) -> bool:
    cells = [cell for cell in _units(line, separator) if cell]
    return bool(cells) and len(cells) <= len(headings) and not any(is_number(c) or is_nothing(c) for c in cells)


def _units(line: str, separator: str) -> tuple[str, ...]:
    text = line.strip().lstrip("#%!*") if separator != "\t" else line.lstrip("#%!*")
    cells = text.split() if separator == " " else cells_of(text, separator)
    return tuple(cell.strip().strip("()[]") for cell in cells)


def _pairs(lines: list[str]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for line in lines:
        found = _PAIR.match(line.strip().lstrip(_COMMENT).strip().strip('"'))
        if found:
            pairs[found["key"].strip().strip('"').lower()] = found["value"].strip().strip('"')
    return pairs
