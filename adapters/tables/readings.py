"""The tables of a campaign as readings, with what is needed to judge them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from adapters.tables.cells import read_cells
from adapters.tables.row import TableRow
from adapters.tables.table import read_table
from loop.campaign import Campaign
from loop.errors import DataError
from loop.innovation import Reading
from loop.records import Source
from loop.space import Space


def campaign_readings(campaign: Campaign) -> tuple[Reading, ...]:
    """Read every table that a slot of the campaign answers from.

    Parameters
    ----------
    campaign
        Its slots with an option ``table`` count.

    Raises
    ------
    DataError
        Where a table cannot be used, or no slot has one.
    """
    found: list[Reading] = []
    for slot in campaign.slots:
        table = slot.table.options.get("table")
        if isinstance(table, str):
            unit = campaign.table.targets[slot.table.target].unit
            read = table_readings(campaign.folder / table, campaign.space, slot.table.target, unit)
            found += [replace(each, is_calculated=slot.source is Source.CALCULATION) for each in read]
    if not found:
        raise DataError(f"{campaign.name}: no slot answers from a table, so there is nothing to read")
    return tuple(found)


def table_readings(file: Path, space: Space, target: str, unit: str) -> list[Reading]:
    """Read one table; a column ``temperature_K`` is the temperature of each value.

    Parameters
    ----------
    file
        See :func:`adapters.tables.read_table`.
    space
        Design space.
    target, unit
        What the values are, and the unit in which they are wanted.

    Raises
    ------
    DataError
        Naming the file and the line.
    """
    rows, _ = read_table(file, space, unit)
    fields = dict(read_cells(file).rows)
    return [_reading(row, fields[row.line], file, space, target) for row in rows]


def _reading(row: TableRow, fields: dict[str, str], file: Path, space: Space, target: str) -> Reading:
    return Reading(
        id=f"{target}: {row.id or f'line {row.line}'}",
        target=target,
        x=row.x,
        value=row.value,
        unit=row.unit,
        uncertainty=row.uncertainty,
        temperature=_optional(fields, "temperature_K", file, row.line),
        laboratory=row.laboratory,
        label=space.label(row.x),
        row=row.id,
        place=f"{file.name} line {row.line}",
        stated_unit=row.published_unit,
        volume=_optional(fields, "volume_A3_per_fu", file, row.line),
        molar_mass=_molar_mass(space, row.x),
        categories=space.categories,
    )


def _optional(fields: dict[str, str], column: str, file: Path, line: int) -> float | None:
    text = fields.get(column, "")
    try:
        return float(text) if text else None
    except ValueError:
        raise DataError(
            f"{file}: line {line}: column {column!r}: found {text!r}, expected a number or nothing"
        ) from None


def _molar_mass(space: Space, x: tuple[float, ...]) -> float | None:
    if space.formula is None:
        return None
    from pymatgen.core.composition import Composition

    return float(Composition(space.formula.amounts(x)).weight)
