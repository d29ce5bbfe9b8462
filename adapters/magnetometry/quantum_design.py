"""Quantum Design's ``.dat`` files (MultiVu: VSM, MPMS3, MPMS, ACMS) in the dialects seen so far.

``[Header]``, lines ``INFO,<value>,KEY`` whose value may hold commas, ``[Data]``, a table. Older programs write
``INFO,<mg>,MASS:Sample Mass (mg)``, the MPMS ``INFO,WEIGHT,<value>``; spreadsheets add quotes, tabs and empty cells.
"""

from __future__ import annotations

import re

from adapters.magnetometry.block import Block, Row, cells_of, separator_of, trimmed
from adapters.magnetometry.text import Text

_WORD = re.compile(r"(?P<word>[A-Za-z]+)\s*(?P<separator>[,;\t])")
_KEY_FIRST = {"WEIGHT", "NAME", "AREA", "LENGTH", "SHAPE", "COMMENT", "SEQUENCE FILE:"}


def is_quantum_design(text: Text) -> bool:
    """Whether a file has the sections of a ``.dat`` file."""
    return any(_section(line) for line in text.lines)


def blocks_of(text: Text) -> list[Block]:
    """Find the tables of a file, in order; those without rows too.

    Parameters
    ----------
    text
        Of the file.
    """
    found: list[Block] = []
    header: dict[str, str] = {}
    is_data = False
    lines = list(enumerate(text.lines, 1))
    start = 0
    for place, (_, line) in enumerate(lines):
        section = _section(line)
        if section is None:
            continue
        if is_data:
            found += _tables(header, lines[start:place], text)
        elif section == "data":
            header = _header([line for _, line in lines[start:place]])
        is_data, start = section == "data", place + 1
    if is_data:
        found += _tables(header, lines[start:], text)
    return found


def header_of(text: Text) -> dict[str, str]:
    """Read the header of a file that has no table."""
    return _header(list(text.lines))


def _section(line: str) -> str | None:
    word = line.strip().strip(',;\t" \ufeff').lower()
    return {"[header]": "header", "[data]": "data"}.get(word)


def _header(lines: list[str]) -> dict[str, str]:
    header: dict[str, str] = {}
    for line in lines:
        text = line.strip().strip('"')
        found = _WORD.match(text)
        if found is None:
            continue
        word, separator = found["word"].upper(), found["separator"]
        parts = [part.strip('"') for part in trimmed(text[found.end() :].split(separator))]
        if word == "INFO" and parts:
            key, value = _info(parts, separator)
            header[key] = value
        elif word in {"TITLE", "BYAPP", "FILEOPENTIME"}:
            header[word] = ", ".join(part.strip() for part in parts)
    return header


def _info(parts: list[str], separator: str) -> tuple[str, str]:
    """The key is the last token; the MPMS alone puts it first."""
    first, last = parts[0].strip().upper(), parts[-1].strip()
    if first in _KEY_FIRST and (len(parts) == 1 or not last.isupper()):
        return first, separator.join(parts[1:]).strip()
    key, _, description = last.partition(":")
    value = separator.join(parts[:-1]).strip().strip('"').strip()
    unit = description[description.rfind("(") + 1 : description.rfind(")")] if "(" in description else ""
    return key.strip().upper(), f"{value} {unit}".strip() if value else ""


def _tables(header: dict[str, str], lines: list[tuple[int, str]], text: Text) -> list[Block]:
    """One table, or several where the headings are repeated below."""
    filled = [(number, line) for number, line in lines if line.strip().strip(',;\t"')]
    if not filled:
        return [Block(header, (), (), (), ",", program=header.get("BYAPP", ""))]
    separator = separator_of(filled[0][1])
    headings = trimmed(cells_of(filled[0][1], separator))
    tables: list[list[Row]] = [[]]
    for number, line in filled[1:]:
        cells = cells_of(line, separator)
        if trimmed(cells) == headings:
            tables.append([])
        else:
            tables[-1].append(Row(number, cells))
    is_cut = not text.ends_with_newline and filled[-1][0] == len(text.lines)
    last = len(tables) - 1
    return [
        Block(header, headings, (), tuple(rows), separator, is_cut and place == last, header.get("BYAPP", ""))
        for place, rows in enumerate(tables)
    ]
