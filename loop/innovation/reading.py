"""One value of a table, with what is needed to judge it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A value that is held against what the others foretell.

    Parameters
    ----------
    id
        Tells it from all others.
    target
        What it is a value of.
    x
        Design point, shape (d,).
    categories
        Entries of ``x`` that are positions of categories, and no numbers.
    value, uncertainty
        In the target's unit; the standard uncertainty is None where none is stated.
    unit
        The target's unit.
    temperature
        At which it was measured, in K; None where that is no matter (a Curie temperature, a calculation).
    laboratory
        Who measured it; empty where that is not known.
    label
        What a person calls the point.
    row
        The row of the table that it stands in; readings of one row share it. Empty where it stands alone.
    place
        File and line, for messages.
    stated_unit
        The unit that the table states; empty where it is ``unit`` or not known.
    volume
        Of a formula unit, in Å³; None where it is not known.
    molar_mass
        Of a formula unit, in g/mol; None where it is not known.
    is_calculated
        Whether it is a calculation.
    """

    id: str
    target: str
    x: tuple[float, ...]
    value: float
    unit: str = ""
    uncertainty: float | None = None
    temperature: float | None = None
    laboratory: str = ""
    label: str = ""
    row: str = ""
    place: str = ""
    stated_unit: str = ""
    volume: float | None = None
    molar_mass: float | None = None
    is_calculated: bool = False
    categories: frozenset[int] = frozenset()
