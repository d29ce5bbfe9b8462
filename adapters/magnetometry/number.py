"""Numbers as measurement programs and spreadsheets write them."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence

_NUMBER = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eEdD][+-]?\d+)?")
_NOTHING = {"", "nan", "-nan", "#n/a", "n/a", "na", "-", "--", "---", "null", "none"}


def cleaned(text: str) -> str:
    """Strip blanks and quotes and write the minus sign as a hyphen."""
    return text.strip().strip('"').strip().replace("−", "-").replace("\u00a0", "")


def is_number(text: str) -> bool:
    """Whether a cell holds a number, with a decimal point or a decimal comma."""
    return _NUMBER.fullmatch(cleaned(text)) is not None


def is_nothing(text: str) -> bool:
    """Whether a cell says that there is no value."""
    return cleaned(text).lower() in _NOTHING


def decimal_of(cells: Iterable[str]) -> str | None:
    """Tell which sign separates the decimals of a table.

    Parameters
    ----------
    cells
        Those that are to be numbers.

    Returns
    -------
    str or None
        ``"."``, ``","``, or None where both occur, so that neither can be trusted.
    """
    signs = {sign for cell in cells if is_number(cell) for sign in ".," if sign in cell}
    return None if len(signs) > 1 else (signs or {"."}).pop()


def value_of(text: str, decimal: str = ".") -> float:
    """Read a number; NaN where the cell says that there is none.

    Raises
    ------
    ValueError
        Where the cell holds something else.
    """
    plain = cleaned(text)
    if is_nothing(plain):
        return math.nan
    if not is_number(plain) or (decimal == "." and "," in plain):
        raise ValueError(f"found {text!r}, expected a number")
    return float(plain.replace(decimal, ".").translate(str.maketrans("dD", "ee")))


def values_of(cells: Sequence[str], decimal: str) -> tuple[list[float], list[int]]:
    """Read a column: the values, NaN where there is none, and the places of cells that hold no number."""
    values: list[float] = []
    wrong: list[int] = []
    for place, cell in enumerate(cells):
        try:
            values.append(value_of(cell, decimal))
        except ValueError:
            values.append(math.nan)
            wrong.append(place)
    return values, wrong
