"""Which columns of a person's tables are the design variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.tables.own_table import OwnTable
from loop.errors import DataError


@dataclass(frozen=True)
class Axis:
    """A design variable.

    Parameters
    ----------
    name
        Of variable and column.
    bounds
        As far as the tables go; None for a categorical one.
    values
        Categories; empty for a number.
    """

    name: str
    bounds: tuple[float, float] | None
    values: tuple[str, ...] = ()


def axes_of(measurements: OwnTable, calculations: OwnTable | None, chosen: Sequence[str] | None) -> tuple[Axis, ...]:
    """Make the design variables.

    Parameters
    ----------
    measurements, calculations
        The tables.
    chosen
        Their columns; every column of numbers that varies and that both tables have if None.

    Raises
    ------
    DataError
        Where a table lacks one, one never varies, or there is none.
    """
    tables = [table for table in (measurements, calculations) if table is not None]
    if chosen is not None:
        return tuple(_axis(name, tables) for name in chosen)
    shared = [name for name in measurements.numbers if all(name in table.numbers for table in tables)]
    axes = tuple(_axis(name, tables) for name in shared if len(_values(name, tables)) > 1)
    if not axes:
        raise DataError(
            f"{' and '.join(str(table.file) for table in tables)}: have no column of numbers in common that varies; "
            "name what was varied with --vary COLUMN,COLUMN"
        )
    return axes


def _axis(name: str, tables: Sequence[OwnTable]) -> Axis:
    for table in tables:
        if name not in (*table.numbers, *table.texts):
            known = ", ".join((*table.numbers, *table.texts)) or "none"
            raise DataError(f"{table.file}: line 1: no column {name!r} that could be varied; there are {known}")
    values = _values(name, tables)
    if len(values) < 2:
        raise DataError(f"{tables[0].file}: the column {name!r} is {values[0]} throughout: expected one that varies")
    if any(name in table.texts for table in tables):
        return Axis(name, None, tuple(values))
    numbers = [float(value) for value in values]
    return Axis(name, (min(numbers), max(numbers)))


def _values(name: str, tables: Sequence[OwnTable]) -> list[str]:
    return list(dict.fromkeys(value for table in tables for value in table.values_of(name)))
