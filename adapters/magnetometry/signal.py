"""Which of the columns holds the moment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from adapters.magnetometry.block import Row
from adapters.magnetometry.column import ALTERNATING, ERRORS, MOMENTS, Column, Mode
from adapters.magnetometry.number import is_number
from adapters.magnetometry.rejected import RejectedMeasurement

_FEW = 3


def signal_of(file: Path, columns: Sequence[Column], rows: Sequence[Row], mode: Mode | None) -> Column:
    """Choose the column of moments that is filled.

    Parameters
    ----------
    file
        For errors.
    columns, rows
        Of the table.
    mode
        The one that is meant, where several are filled.

    Raises
    ------
    RejectedMeasurement
        Where there is none, all are empty, or several modes are filled and none is said to be meant.
    """
    candidates = sorted(
        (column for column in columns if column.name in MOMENTS), key=lambda column: [*MOMENTS].index(column.name)
    )
    if not candidates:
        raise _without_moment(file, columns)
    counts = {c.index: sum(is_number(row.cells[c.index]) for row in rows) for c in candidates}
    filled = [c for c in candidates if counts[c.index] and (mode is None or MOMENTS[c.name] is mode)]
    if not filled:
        raise _all_empty(file, candidates, columns, len(rows), mode)
    modes = {MOMENTS[c.name]: counts[c.index] for c in reversed(filled)}
    if sum(count >= _FEW for count in modes.values()) > 1:
        found = ", ".join(f"{name.value} ({count} rows)" for name, count in modes.items())
        remedy = "Say which is meant: mode=…, or --mode at the command line."
        raise RejectedMeasurement(file, f"holds moments measured in several modes: {found}", remedy)
    best = max(modes, key=lambda name: modes[name])
    chosen = next(c for c in filled if MOMENTS[c.name] is best)
    twins = [c for c in filled if c.name == chosen.name]
    if len(twins) > 1:
        both = " and ".join(f"{c.heading.strip()!r} (column {c.index + 1})" for c in twins)
        raise RejectedMeasurement(file, f"has several columns of moments: {both}", "Leave out all but one.")
    return chosen


def error_of(signal: Column, columns: Sequence[Column]) -> Column | None:
    """Find the column of the signal's standard errors; None where there is none."""
    return next((column for column in columns if ERRORS.get(column.name) == signal.name), None)


def _without_moment(file: Path, columns: Sequence[Column]) -> RejectedMeasurement:
    names = [column.heading.strip() for column in columns]
    resistance = [name for name in names if "resist" in name.lower() or "ohm" in name.lower()]
    heat = [name for name in names if "hc" in name.lower() or "heat cap" in name.lower()]
    what = f"there is no column of moments among {', '.join(names[:8])}{' …' if len(names) > 8 else ''}"
    if resistance:
        what = f"is a log of resistances ({resistance[0]}), without a column of moments"
    elif heat:
        what = f"is a measurement of heat capacity ({heat[0]}), without a column of moments"
    return RejectedMeasurement(file, what, "Pass a file with a column such as 'Moment (emu)'.")


def _all_empty(
    file: Path, candidates: Sequence[Column], columns: Sequence[Column], rows: int, mode: Mode | None
) -> RejectedMeasurement:
    names = ", ".join(repr(column.heading.strip()) for column in candidates)
    more = " (it holds an AC measurement only)" if any(c.name in ALTERNATING for c in columns) else ""
    which = (
        f"no column of mode {mode.value} is filled among {names}" if mode else f"{names} is empty in all {rows} rows"
    )
    return RejectedMeasurement(file, which + more, "Measure again, or pass the file that holds the moments.")
