"""From a path to a measurement or a reasoned refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path

import numpy as np

from adapters.magnetometry import delimited, quantum_design
from adapters.magnetometry.block import Block, Row
from adapters.magnetometry.column import FIELD, MOMENTS, TEMPERATURE, TIME, Column, Mode, column_of
from adapters.magnetometry.measurement import Array, Measurement
from adapters.magnetometry.number import decimal_of, values_of
from adapters.magnetometry.rejected import RejectedMeasurement
from adapters.magnetometry.rows import squared, unflagged, without_cut
from adapters.magnetometry.signal import error_of, signal_of
from adapters.magnetometry.specimen import replaced, specimen_of
from adapters.magnetometry.text import Text, read_text
from adapters.magnetometry.units import TABLE_UNITS, factor_of


@dataclass(frozen=True)
class _Chosen:
    """The columns that are used, by name in the measurement's table."""

    columns: dict[str, Column]
    quantities: dict[str, str]


def read_measurement(
    path: str | PathLike[str],
    *,
    mass_mg: float | None = None,
    size_mm: Sequence[float] | None = None,
    mode: str | None = None,
    part: int | None = None,
) -> Measurement:
    """Read a file of a magnetometer.

    Parameters
    ----------
    path
        Quantum Design ``.dat`` (VSM, MPMS, ACMS), an export in the manner of Lake Shore's, or a CSV with units in the
        headings or in a row below them. Compressed files (.gz) are read as they are.
    mass_mg
        Mass of the specimen in mg; in place of what the file says.
    size_mm
        Edges of a rectangular prism in mm, the last one along the field; in place of what the file says.
    mode
        ``VSM``, ``DC``, ``ACMS`` or ``table``, where a file holds moments in several.
    part
        Which measurement, from 1, of a file that holds several.

    Returns
    -------
    Measurement
        With a table of temperature, field and moment in SI units. Mass and geometry are None where nobody states them;
        the column ``Mass (grams)`` of a VSM file is that of its moving parts and is not read.

    Raises
    ------
    RejectedMeasurement
        Where the file is no measurement of a moment, its units are not known, or there is more than one way to read it.
    ValueError
        Where mass, size or mode given are none.
    """
    file = Path(path)
    wanted = None if mode is None else Mode(mode)
    text = read_text(file)
    block = _block(file, text, part)
    return _measurement(file, text, block, wanted, mass_mg, size_mm)


def _block(file: Path, text: Text, part: int | None) -> Block:
    is_qd = quantum_design.is_quantum_design(text)
    blocks = quantum_design.blocks_of(text) if is_qd else delimited.blocks_of(text)
    filled = [block for block in blocks if block.rows]
    if is_qd and not filled:
        # The line [Data] is lost now and then when a file is edited; the headings tell the table as well.
        header = quantum_design.header_of(text)
        filled = [replace(block, header=header) for block in delimited.blocks_of(text) if block.rows]
    if part is not None:
        if not 1 <= part <= len(filled):
            raise RejectedMeasurement(file, f"has no part {part}, it holds {len(filled)}", "Pass another part.")
        return filled[part - 1]
    if len(filled) > 1:
        sizes = ", ".join(f"{place} ({len(block.rows)} rows)" for place, block in enumerate(filled, 1))
        remedy = "Say which is meant: part=…, or --part at the command line."
        raise RejectedMeasurement(file, f"holds {len(filled)} measurements: {sizes}", remedy)
    if not filled:
        raise _without_rows(file, blocks, is_qd=is_qd)
    return filled[0]


def _without_rows(file: Path, blocks: Sequence[Block], *, is_qd: bool) -> RejectedMeasurement:
    if is_qd or blocks:
        return RejectedMeasurement(file, "holds a header and no rows of data", "Measure, or copy the file again.")
    remedy = (
        "Expected a Quantum Design .dat file, or a table with columns such as 'Magnetic Field (Oe)', 'Moment (emu)'."
    )
    return RejectedMeasurement(file, "is no table of a measurement", remedy)


def _measurement(
    file: Path,
    text: Text,
    block: Block,
    mode: Mode | None,
    mass_mg: float | None,
    size_mm: Sequence[float] | None,
) -> Measurement:
    columns = _columns(block)
    rows, remarks, problem = squared(block, columns)
    if problem:
        raise RejectedMeasurement(file, problem, "Save it with another separator, or with decimal points.")
    chosen = _chosen(file, columns, rows, mode)
    rows, cut = without_cut(rows, block, [*chosen.columns.values()])
    before = len(rows)
    rows, flagged = unflagged(rows, columns)
    if before and not rows:
        raise RejectedMeasurement(file, f"all of its rows are marked as faulty: {'; '.join(flagged)}", "Measure again.")
    values, unread = _values(file, rows, chosen)
    specimen, about = specimen_of(block.header)
    specimen = replaced(specimen, mass_mg, size_mm)
    kept = [
        remark
        for remark in about
        if not ((mass_mg is not None and "mass" in remark) or (size_mm is not None and "size" in remark))
    ]
    return Measurement(
        columns=values,
        units={name: TABLE_UNITS[quantity] for name, quantity in chosen.quantities.items()},
        headings={name: column.heading.strip() for name, column in chosen.columns.items()},
        specimen=specimen,
        mode=MOMENTS[next(c.name for name, c in chosen.columns.items() if name in _SIGNALS)],
        path=str(file),
        sha256=text.sha256,
        program=block.program,
        remarks=(*remarks, *cut, *flagged, *unread, *kept),
    )


_POSSIBLE = {
    "temperature": (0.0, 3000.0, "0 to 3000 K"),
    "field": (-8e7, 8e7, "100 T at most (8e7 A/m)"),
}
_SIGNALS = ("moment", "specific_moment", "magnetization")


def _columns(block: Block) -> list[Column]:
    units = (*block.units, *[""] * (len(block.headings) - len(block.units)))
    return [column_of(place, heading, units[place]) for place, heading in enumerate(block.headings)]


def _chosen(file: Path, columns: Sequence[Column], rows: Sequence[Row], mode: Mode | None) -> _Chosen:
    signal = signal_of(file, columns, rows, mode)
    quantity = next((name for name in _SIGNALS if _fits(name, signal)), None)
    if quantity is None:
        raise _unit_unknown(file, signal)
    chosen, quantities = {quantity: signal}, {quantity: quantity}
    error = error_of(signal, columns)
    if error is not None and factor_of(quantity, error.unit):
        chosen[f"{quantity}_error"], quantities[f"{quantity}_error"] = error, quantity
    for name, headings in (("temperature", TEMPERATURE), ("field", FIELD), ("time", TIME)):
        found = [column for column in columns if column.name in headings]
        if not found or (name == "time" and factor_of(name, found[0].unit) is None):
            continue
        if len(found) > 1:
            both = " and ".join(repr(column.heading.strip()) for column in found)
            raise RejectedMeasurement(file, f"has several columns of {name}: {both}", "Leave out all but one.")
        if factor_of(name, found[0].unit) is None:
            raise _unit_unknown(file, found[0])
        chosen[name], quantities[name] = found[0], name
    if "temperature" not in chosen and "field" not in chosen:
        raise RejectedMeasurement(file, "has neither a column of fields nor one of temperatures", "Add the column.")
    return _Chosen(chosen, quantities)


def _fits(quantity: str, signal: Column) -> bool:
    if factor_of(quantity, signal.unit) is None:
        return False
    # An A/m is a field elsewhere; a moment is never in it, a magnetization is.
    return quantity != "magnetization" or signal.name not in {"moment", "magnetic moment"}


def _unit_unknown(file: Path, column: Column) -> RejectedMeasurement:
    found = f"the unit {column.unit!r} of" if column.unit else "no unit is stated for"
    return RejectedMeasurement(
        file,
        f"{found} the column {column.heading.strip()!r}" + (" is not known" if column.unit else ""),
        "Write the unit into the heading, as in 'Moment (emu)', 'Field (Oe)', 'Temperature (K)'.",
    )


def _values(file: Path, rows: Sequence[Row], chosen: _Chosen) -> tuple[dict[str, Array], list[str]]:
    texts = {name: [row.cells[column.index] for row in rows] for name, column in chosen.columns.items()}
    decimal = decimal_of(cell for cells in texts.values() for cell in cells)
    if decimal is None:
        found = "some numbers have a decimal point and some a comma"
        raise RejectedMeasurement(file, found, "Save it again with one of them throughout.")
    values: dict[str, Array] = {}
    odd: set[int] = set()
    for name, cells in texts.items():
        numbers, wrong = values_of(cells, decimal)
        factor, offset = factor_of(chosen.quantities[name], chosen.columns[name].unit) or (1.0, 0.0)
        values[name] = np.array(numbers) * factor + (0.0 if name.endswith("_error") else offset)
        odd |= set(wrong)
    return _complete(file, values, sorted(odd), len(rows))


def _complete(file: Path, values: dict[str, Array], odd: list[int], rows: int) -> tuple[dict[str, Array], list[str]]:
    """Keep the rows that have a moment and a place to put it."""
    for name, (low, high, shown) in _POSSIBLE.items():
        found = values.get(name, np.array([]))
        wrong = found[(found < low) | (found > high)]
        if len(wrong):
            reason = f"holds a {name} of {wrong[0]:.4g} {TABLE_UNITS[name]}, expected {shown}"
            raise RejectedMeasurement(file, reason, "Check the unit in the heading, and the row.")
    if 2 * len(odd) > rows:
        raise RejectedMeasurement(file, f"{len(odd)} of {rows} rows hold text instead of numbers", "Save it again.")
    signal = next(values[name] for name in _SIGNALS if name in values)
    places = [values[name] for name in ("temperature", "field") if name in values and np.isfinite(values[name]).any()]
    good = np.isfinite(signal)
    for place in places:
        good &= np.isfinite(place)
    good[odd] = False
    count = int(good.sum())
    if not count:
        raise RejectedMeasurement(
            file, f"none of its {rows} rows holds a moment with its field and temperature", "Measure again."
        )
    remarks = [f"{len(odd)} rows hold text instead of a number and are left out"] if odd else []
    empty = rows - count - len(odd)
    remarks += [f"{empty} rows without a moment are left out"] if empty else []
    return {name: column[good] for name, column in values.items()}, remarks
