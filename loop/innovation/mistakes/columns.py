"""Values in each other's columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations

from loop.innovation.mistakes.alternative import Alternative
from loop.innovation.reading import Reading

KIND = "columns"


def swapped_columns(reading: Reading, others: Sequence[Reading]) -> Iterator[Alternative]:
    """The reading with its value and another entry of its row exchanged.

    Value and temperature; the values of two quantities of one row (or, where rows are not known, of one compound); two
    of the design variables that are numbers.

    Parameters
    ----------
    reading
        The suspicious one.
    others
        The rest of the table.
    """
    yield from _with_temperature(reading)
    yield from _with_another_quantity(reading, others)
    yield from _between_variables(reading)


def _with_temperature(reading: Reading) -> Iterator[Alternative]:
    if reading.temperature is not None and reading.value > 0 and reading.value != reading.temperature:
        meant = replace(reading, value=reading.temperature, temperature=reading.value)
        yield Alternative(KIND, "value and temperature are in each other's columns", (meant,))


def _with_another_quantity(reading: Reading, others: Sequence[Reading]) -> Iterator[Alternative]:
    partners = [other for other in others if _is_beside(reading, other)]
    for other in partners:
        meant = (replace(reading, value=other.value), replace(other, value=reading.value))
        yield Alternative(KIND, f"exchanged with {_words(other)} of the same row", meant, len(partners))
    # The partner may be missing or right: then the value alone is in the wrong column.
    kinds = {(other.target, other.temperature): other for other in others if _differs(reading, other)}
    for (target, temperature), other in kinds.items():
        alone = replace(reading, target=target, temperature=temperature, unit=other.unit, uncertainty=other.uncertainty)
        yield Alternative(KIND, f"{_words(other)} in the wrong column", (alone,), 4 * len(kinds))


def _between_variables(reading: Reading) -> Iterator[Alternative]:
    numbers = [entry for entry in range(len(reading.x)) if entry not in reading.categories]
    pairs = [(i, j) for i, j in combinations(numbers, 2) if reading.x[i] != reading.x[j]]
    for i, j in pairs:
        x = list(reading.x)
        x[i], x[j] = x[j], x[i]
        words = f"entries {i + 1} and {j + 1} of its composition are in each other's columns"
        yield Alternative(KIND, words, (replace(reading, x=tuple(x)),), 8 * len(pairs))


def _is_beside(reading: Reading, other: Reading) -> bool:
    if not _differs(reading, other):
        return False
    return other.row == reading.row if reading.row else other.x == reading.x and other.laboratory == reading.laboratory


def _differs(reading: Reading, other: Reading) -> bool:
    is_other = (other.target, other.temperature) != (reading.target, reading.temperature)
    return is_other and other.is_calculated == reading.is_calculated


def _words(reading: Reading) -> str:
    return f"{reading.target} at {reading.temperature:g} K" if reading.temperature is not None else reading.target
