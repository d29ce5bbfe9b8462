"""A figure's numbers as a plain table, for CSV and JSON."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Cell = float | int | str | None


@dataclass(frozen=True)
class Column:
    """One column.

    Parameters
    ----------
    name
        What it holds.
    values
        Numbers or texts; None or NaN where there is none.
    unit
        Of the numbers, as in the campaign file; empty for texts and counts.
    """

    name: str
    values: tuple[Cell, ...]
    unit: str = ""

    @property
    def header(self) -> str:
        """Name and unit."""
        return f"{self.name} ({self.unit})" if self.unit else self.name


@dataclass(frozen=True)
class Table:
    """What a figure shows.

    Parameters
    ----------
    title
        What it is.
    columns
        All of one length.
    """

    title: str
    columns: tuple[Column, ...]

    def __len__(self) -> int:
        """Count the rows."""
        return len(self.columns[0].values) if self.columns else 0

    def csv(self, remarks: Sequence[str] = ()) -> str:
        """Write it as CSV: remarks and title as ``#`` lines, a header with units, numbers in full.

        Parameters
        ----------
        remarks
            Where the numbers come from, one line each.
        """
        text = io.StringIO()
        text.writelines(f"# {line}\n" for line in (self.title, *remarks))
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(column.header for column in self.columns)
        writer.writerows(zip(*(map(_written, column.values) for column in self.columns), strict=True))
        return text.getvalue()

    def as_json(self) -> dict[str, object]:
        """Title, units by column, and the columns; what is missing is None."""
        return {
            "title": self.title,
            "units": {column.name: column.unit for column in self.columns if column.unit},
            "columns": {column.name: [None if _is_missing(v) else v for v in column.values] for column in self.columns},
        }


def column(name: str, values: Iterable[object], unit: str = "") -> Column:
    """Make a column of anything that holds numbers or texts; numpy's numbers become Python's."""
    return Column(name, tuple(_plain(value) for value in values), unit)


def _plain(value: object) -> Cell:
    found = value.item() if hasattr(value, "item") else value
    return found if found is None or isinstance(found, int | float | str) else str(found)


def _is_missing(value: Cell) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _written(value: Cell) -> str:
    return "" if _is_missing(value) else repr(value) if isinstance(value, float) else str(value)
