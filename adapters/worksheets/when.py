"""Dates as spreadsheets write them."""

from __future__ import annotations

import re
from datetime import date, datetime

_POINTS = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?:\s.*)?")
_SLASHES = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?:\s.*)?")


def date_of(text: str) -> date:
    """Read a date: 2026-11-23, 2026/11/23, 23.11.2026, or 11/23/2026 where day and month cannot be mistaken.

    Raises
    ------
    ValueError
        Where it is none, or can be read in two ways.
    """
    plain = text.strip()
    try:
        return datetime.fromisoformat(plain.replace("/", "-") if re.match(r"\d{4}/", plain) else plain).date()
    except ValueError:
        pass
    if found := _POINTS.fullmatch(plain):
        day, month, year = map(int, found.groups())
        return _date(year, month, day, text)
    if found := _SLASHES.fullmatch(plain):
        first, second, year = map(int, found.groups())
        if first <= 12 and second <= 12 and first != second:
            raise ValueError(f"the date {text!r} can be read in two ways: write {year}-MM-DD")
        return _date(year, min(first, second), max(first, second), text)
    raise ValueError(f"{text!r} is no date, expected one such as 2026-11-23")


def _date(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise ValueError(f"{text!r} is no date, expected one such as 2026-11-23") from None
