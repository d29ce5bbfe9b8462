"""From a row to a value of one of the four targets, or of M at a temperature."""

from __future__ import annotations

from loop.errors import DataError
from loop.magnetism.readings import Value
from loop.magnetism.row import Reading

ZERO, CURIE = "M0", "Tc"
CALCULATED = "_calculated"


def value_of(number: int, row: Reading) -> Value:
    """Say which target a row is a value of.

    Raises
    ------
    DataError
        Naming the row, what was found and what was expected.
    """
    names = {"magnetization": ZERO, "curie_temperature": CURIE}
    if row.quantity not in names or row.source not in {"calculation", "experiment"}:
        raise DataError(
            f"row {number}: quantity {row.quantity!r} from {row.source!r}, expected 'magnetization' or "
            "'curie_temperature' from 'calculation' or 'experiment'"
        )
    calculated, magnetic = row.source == "calculation", row.quantity == "magnetization"
    if not row.temperature >= 0.0 or (calculated and row.temperature != 0.0):
        raise DataError(f"row {number}: {row.source} at {row.temperature} K, expected 0 K for calculations, else T ≥ 0")
    target = "" if magnetic and row.temperature > 0.0 else names[row.quantity] + (CALCULATED if calculated else "")
    return Value(
        x=tuple(row.x),
        target=target,
        temperature=row.temperature,
        value=row.value,
        deviation=row.deviation,
        laboratory=row.laboratory or "",
    )
