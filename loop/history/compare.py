"""Where two records differ."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from loop.history.columns import columns_of
from loop.history.digest import tables
from loop.history.hdf5 import plain, same_float
from loop.records import CycleRecord

ABSENT = "absent"


@dataclass(frozen=True)
class Difference:
    """One quantity that is not the same in two records.

    Parameters
    ----------
    cycle
        Number of the first record.
    quantity
        Which, for example ``observations[2].value`` or ``arrays['theta'][0, 3]``.
    first, second
        What the two records say; ``"absent"`` where one says nothing.
    """

    cycle: int
    quantity: str
    first: Any
    second: Any

    def __str__(self) -> str:
        return f"cycle {self.cycle}: {self.quantity}: {self.first!r} ≠ {self.second!r}"


def compare(first: CycleRecord, second: CycleRecord, rtol: float = 0.0, *, facts: bool = False) -> list[Difference]:
    """Find every quantity in which two records differ.

    Parameters
    ----------
    first, second
        The records.
    rtol
        Relative difference of two real numbers that counts as none; 0 compares bit by bit. NaN equals NaN.
    facts
        Whether facts (times, host, versions) are compared too.

    Returns
    -------
    list of Difference
        Empty for equal records.
    """
    pairs = [*_numbers(first, second), *_mappings(first, second, "summary")]
    for name, noun in tables().items():
        pairs += _rows(name, noun, getattr(first, name), getattr(second, name))
    pairs += _mappings(first, second, "facts") if facts else []
    found = [Difference(first.number, *pair) for pair in pairs if not _same(pair[1], pair[2], rtol)]
    return found + [Difference(first.number, *pair) for pair in _arrays(first.arrays, second.arrays, rtol)]


Pair = tuple[str, Any, Any]


def _numbers(first: CycleRecord, second: CycleRecord) -> Iterator[Pair]:
    yield "number", first.number, second.number


def _rows(name: str, noun: type, first: Sequence[Any], second: Sequence[Any]) -> Iterator[Pair]:
    yield f"len({name})", len(first), len(second)
    for index, (one, other) in enumerate(zip(first, second, strict=False)):
        for column in columns_of(noun):
            first_value, second_value = column.of(one), column.of(other)
            yield f"{name}[{index}].{column.name}", first_value, second_value


def _mappings(first: CycleRecord, second: CycleRecord, field: str) -> Iterator[Pair]:
    one, other = getattr(first, field), getattr(second, field)
    for name in sorted({*one, *other}):
        values = [plain(each[name], name) if name in each else ABSENT for each in (one, other)]
        yield f"{field}[{name!r}]", values[0], values[1]


def _same(first: Any, second: Any, rtol: float) -> bool:
    if isinstance(first, tuple) and isinstance(second, tuple):
        return len(first) == len(second) and all(
            _same(one, other, rtol) for one, other in zip(first, second, strict=True)
        )
    if isinstance(first, float) and isinstance(second, float):
        return same_float(first, second) or (rtol > 0 and math.isclose(first, second, rel_tol=rtol))
    return type(first) is type(second) and bool(first == second)


def _arrays(first: Mapping[str, Any], second: Mapping[str, Any], rtol: float) -> Iterator[Pair]:
    for name in sorted({*first, *second}):
        if name not in first or name not in second:
            yield f"arrays[{name!r}]", _shape(first.get(name)), _shape(second.get(name))
            continue
        one, other = np.asarray(first[name]), np.asarray(second[name])
        if _shape(one) != _shape(other):
            yield f"arrays[{name!r}]", _shape(one), _shape(other)
        else:
            yield from _entries(name, one, other, rtol)


def _shape(array: Any) -> str:
    return ABSENT if array is None else f"{np.asarray(array).dtype.newbyteorder('=')}{np.asarray(array).shape}"


def _entries(name: str, one: Any, other: Any, rtol: float) -> Iterator[Pair]:
    different = _different(one, other, rtol)
    for index in np.argwhere(different)[:1]:
        place = tuple(int(entry) for entry in index)
        more = f" and {int(different.sum()) - 1} more" if different.sum() > 1 else ""
        yield f"arrays[{name!r}]{list(place) if place else ''}{more}", one[place].item(), other[place].item()


def _different(one: Any, other: Any, rtol: float) -> Any:
    if one.dtype.kind == "c":
        return _different(one.real, other.real, rtol) | _different(one.imag, other.imag, rtol)
    if one.dtype.kind != "f":
        return one != other
    both_nan = np.isnan(one) & np.isnan(other)
    if rtol > 0:
        return ~(both_nan | (one == other) | (np.abs(one - other) <= rtol * np.maximum(np.abs(one), np.abs(other))))
    return ~(both_nan | ((one == other) & (np.signbit(one) == np.signbit(other))))
