"""Rows made as long as the headings, and those left out that are not to be believed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from adapters.magnetometry.block import Block, Row
from adapters.magnetometry.column import COMMENT, FLAGS, WORDS, Column
from adapters.magnetometry.number import cleaned, is_number, value_of

_FINE = {"", "0", "0.0", "ok", "false", "none", "no", "nan"}


def squared(block: Block, columns: Sequence[Column]) -> tuple[list[Row], list[str], str]:
    """Make every row as long as the headings.

    Surplus cells come from commas in a comment, which is put together again; missing ones at the end were empty.

    Parameters
    ----------
    block
        The table.
    columns
        Of its headings.

    Returns
    -------
    rows, remarks, problem
        Rows and what was done in words; a problem, not empty, is a reason to refuse the table.
    """
    width = len(columns)
    usual = max(width, Counter(len(row.cells) for row in block.rows).most_common(1)[0][0])
    long = sum(any(cell.strip() for cell in row.cells[width:]) for row in block.rows)
    if 2 * long > len(block.rows):
        more = f"{long} of {len(block.rows)} rows have more cells than the headings"
        return [], [], f"{more}: decimal commas between commas?"
    comment = next((column.index for column in columns if column.name in COMMENT), None)
    found = [_of_width(row, width, len(row.cells) - usual, comment) for row in block.rows]
    rows = [row for row in found if row is not None]
    odd = len(found) - len(rows)
    return rows, [f"{odd} rows with more cells than headings are left out"] if odd else [], ""


def _of_width(row: Row, width: int, surplus: int, comment: int | None) -> Row | None:
    """One row as long as the headings; None where its surplus cells cannot be explained."""
    cells = row.cells
    if surplus > 0:
        pieces = cells[comment or 0 : (comment or 0) + surplus + 1]
        if comment is None or all(is_number(piece) for piece in pieces):
            return None
        cells = (*cells[:comment], ",".join(pieces), *cells[comment + surplus + 1 :])
    elif any(cell.strip() for cell in cells[width:]):
        return None
    return Row(row.line, (*cells[:width], *[""] * (width - len(cells))))


def without_cut(rows: list[Row], block: Block, used: Sequence[Column]) -> tuple[list[Row], list[str]]:
    """Leave out a last row that was not written to its end.

    Parameters
    ----------
    rows
        As long as the headings.
    block
        Tells whether the file ends within its last line.
    used
        Columns that matter.
    """
    if not block.is_cut or len(rows) < 2 or rows[-1].line != block.rows[-1].line:
        return rows, []
    length = len(block.rows[-1].cells)
    usual = min(len(row.cells) for row in block.rows[:-1])
    last = max(column.index for column in used)
    ends = [cleaned(row.cells[last]) for row in rows]
    shortest = min((len(end) for end in ends[:-1] if end), default=0)
    in_middle = length < usual and length <= last + 1
    in_number = length == last + 1 and len(ends[-1]) < shortest
    if in_middle or in_number:
        return rows[:-1], [f"line {rows[-1].line} ends in the middle and is left out"]
    return rows, []


def _is_raised(cell: str) -> bool:
    """Whether a cell is a word or a code of an error; a number with a fraction is neither."""
    text = cleaned(cell).lower()
    return text not in _FINE and not (is_number(text) and value_of(text, "," if "," in text else ".") % 1 != 0)


def unflagged(rows: list[Row], columns: Sequence[Column]) -> tuple[list[Row], list[str]]:
    """Leave out the rows that the instrument itself marked as faulty.

    Parameters
    ----------
    rows
        As long as the headings.
    columns
        Of the headings.
    """
    flags = [
        c for c in columns if (c.name in FLAGS and c.unit.lower() in {"", "code"}) or (c.name in WORDS and not c.unit)
    ]
    good: list[Row] = []
    reasons: dict[str, int] = {}
    for row in rows:
        raised = next((c for c in flags if _is_raised(row.cells[c.index])), None)
        if raised is None:
            good.append(row)
        else:
            reasons[raised.heading.strip()] = reasons.get(raised.heading.strip(), 0) + 1
    return good, [f"{count} rows with an error in {name!r} are left out" for name, count in reasons.items()]
