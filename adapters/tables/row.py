"""One row of a table, checked and converted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from loop.errors import DataError, DoukaError, UnitError
from loop.magnetism import UNITS, convert_magnetization
from loop.records import content_key
from loop.space import Space, Variable

_SAME_POINT = 1e-4


@dataclass(frozen=True, kw_only=True)
class TableRow:
    """A value at a design point.

    Parameters
    ----------
    key
        Identity of the content, the same in whatever file it stands.
    line
        Line of the file, from 1.
    id
        The row's own id, or empty.
    x
        Design point.
    value, unit, uncertainty
        In the unit that was asked for; the standard uncertainty is None where the row states none.
    published_value, published_unit
        As they stand in the file.
    laboratory, citation, person, sample, note
        As far as the row says.
    temperature
        At which it was measured, in K; None where the row does not say.
    """

    key: str
    line: int
    id: str
    x: tuple[float, ...]
    value: float
    unit: str
    uncertainty: float | None
    published_value: float
    published_unit: str
    laboratory: str
    citation: str
    person: str
    sample: str
    note: str
    temperature: float | None = None

    @property
    def origin(self) -> tuple[str, ...]:
        """Who measured what: two values of one point that differ here are two facts."""
        at = "" if self.temperature is None else f"{self.temperature:g} K"
        return (self.laboratory, self.citation, self.person, self.sample, self.note, at)


def parse_row(fields: Mapping[str, str], line: int, space: Space, unit: str) -> TableRow:
    """Check one row and convert its value.

    Parameters
    ----------
    fields
        Text by column name, stripped.
    line
        Line of the file, for the row's provenance.
    space
        Design space the point must lie in.
    unit
        Unit in which the value is wanted.

    Raises
    ------
    DataError
        Naming the column, what was found and what was expected.
    """
    x = _point(fields, space)
    published = _number(fields, "value")
    found_unit = _unit(fields, unit)
    factor = _converter(fields, space, x, found_unit, unit)
    uncertainty = _uncertainty(fields)
    citation, laboratory = _citation(fields), fields.get("laboratory", "")
    temperature = _temperature(fields)
    return TableRow(
        key=content_key(
            *x,
            published,
            found_unit,
            laboratory,
            citation,
            *(fields.get(name, "") for name in ("id", "method", "person", "sample", "note")),
            *([] if temperature is None else [temperature]),
        ),
        line=line,
        id=fields.get("id", ""),
        x=x,
        value=published * factor,
        unit=unit,
        uncertainty=None if uncertainty is None else uncertainty * factor,
        published_value=published,
        published_unit=found_unit,
        laboratory=laboratory,
        citation=citation,
        person=fields.get("person", ""),
        sample=fields.get("sample", ""),
        note=fields.get("note", "") or fields.get("method", ""),
        temperature=temperature,
    )


def _uncertainty(fields: Mapping[str, str]) -> float | None:
    if not fields.get("uncertainty"):
        return None
    value = _number(fields, "uncertainty")
    if value <= 0:
        raise DataError(f"column 'uncertainty': found {value:g}, expected a positive standard uncertainty or nothing")
    return value


def _temperature(fields: Mapping[str, str]) -> float | None:
    if not fields.get("temperature_K"):
        return None
    value = _number(fields, "temperature_K")
    if value <= 0:
        raise DataError(f"column 'temperature_K': found {value:g}, expected a positive temperature in K or nothing")
    return value


def _citation(fields: Mapping[str, str]) -> str:
    parts = (fields.get("paper", ""), fields.get("doi", ""))
    return " ".join(part for part in parts if part and part != "none found")


def _point(fields: Mapping[str, str], space: Space) -> tuple[float, ...]:
    own = space.formula.own if space.formula is not None else ()
    beside = [name for name in space.names if name not in own]
    missing = [name for name in beside if name not in fields]
    by_columns = all(name in fields for name in own)
    by_formula = bool(fields.get("formula")) and space.formula is not None
    if missing or not (by_columns or by_formula):
        or_formula = ", or a column 'formula'" + (f" and {', '.join(beside)}" if beside else "") if own else ""
        raise DataError(f"expected the columns {', '.join(space.names)}{or_formula}")
    given = {each.name: _coordinate(fields, each) for each in space.variables if each.name in fields}
    from_formula = _from_formula(fields["formula"], space, given) if by_formula else None
    if not by_columns and from_formula is not None:
        return from_formula
    x = tuple(given[name] for name in space.names)
    space.check_inside(x)
    if from_formula is not None and max(abs(a - b) for a, b in zip(x, from_formula, strict=True)) > _SAME_POINT:
        wanted = space.coordinates(from_formula)
        raise DataError(
            f"the columns say {space.label(x)} but the column 'formula' says {fields['formula']}, that is {wanted}"
        )
    return x


def _coordinate(fields: Mapping[str, str], variable: Variable) -> float:
    if not variable.values:
        return _number(fields, variable.name)
    try:
        return variable.position(fields[variable.name])
    except DataError as error:
        raise DataError(f"column {error}".replace(variable.name, repr(variable.name), 1)) from error


def _from_formula(formula: str, space: Space, given: Mapping[str, float]) -> tuple[float, ...]:
    # pymatgen is heavy; only a row with a formula needs it
    from pymatgen.core.composition import Composition

    try:
        composition = Composition(formula, allow_negative=True)
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"column 'formula': {formula!r} is no composition ({error})") from error
    amounts = {str(element): float(amount) for element, amount in composition.get_el_amt_dict().items()}
    try:
        return space.point_of(amounts, given)[0]
    except DataError as error:
        raise DataError(f"column 'formula': {formula}: {error}") from error


def _number(fields: Mapping[str, str], column: str) -> float:
    text = fields.get(column, "")
    try:
        # Python's own reading of digits groups, 1_000, is no number of a table.
        value = float(text.replace("_", "?"))
    except ValueError:
        raise DataError(f"column {column!r}: found {text!r}, expected a number") from None
    if not math.isfinite(value):
        raise DataError(f"column {column!r}: found {text!r}, expected a finite number")
    return value


def _unit(fields: Mapping[str, str], wanted: str) -> str:
    text = fields.get("unit", "")
    if not text:
        raise UnitError(f"column 'unit': empty, expected {wanted} or a unit that converts to it")
    if text != wanted and (text not in UNITS or wanted not in UNITS):
        raise UnitError(f"column 'unit': found {text!r}, expected {wanted}" + _alternatives(wanted))
    return text


def _alternatives(wanted: str) -> str:
    return f" or one of {', '.join(name for name in UNITS if name != wanted)}" if wanted in UNITS else ""


def _converter(fields: Mapping[str, str], space: Space, x: tuple[float, ...], found: str, wanted: str) -> float:
    if found == wanted:
        return 1.0
    volume = _number(fields, "volume_A3_per_fu") if fields.get("volume_A3_per_fu") else None
    try:
        return convert_magnetization(
            1.0, found, wanted, volume=volume, molar_mass=_molar_mass(space, x), atoms=_atoms(space, x)
        )
    except DoukaError as error:
        raise UnitError(f"column 'unit': {error}; give the column 'volume_A3_per_fu' or a value in {wanted}") from error


def _atoms(space: Space, x: tuple[float, ...]) -> float | None:
    return sum(space.formula.amounts(x).values()) if space.formula is not None else None


def _molar_mass(space: Space, x: tuple[float, ...]) -> float | None:
    if space.formula is None:
        return None
    from pymatgen.core.composition import Composition

    return float(Composition(space.formula.amounts(x)).weight)
