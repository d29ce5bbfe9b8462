"""The columns of a noun, derived from its dataclass: what is stored, digested, compared and shown."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from enum import Enum
from functools import cache
from operator import attrgetter
from types import UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints

Kind = Literal["text", "real", "whole", "truth", "vector"]


@dataclasses.dataclass(frozen=True)
class Column:
    """One plain value of a noun.

    Parameters
    ----------
    name
        Its place in the noun, nested nouns joined by a dot: ``provenance.file``.
    kind
        What it holds.
    optional
        Whether it may be None.
    enum
        The enumeration a text belongs to, or None.
    default
        What a file written before the column existed is read as; ``dataclasses.MISSING`` where there is none.
    """

    name: str
    kind: Kind
    optional: bool
    enum: type[Enum] | None
    default: Any

    def of(self, row: Any) -> Any:
        """Take the value out of a noun, in the type of its column: 1, 1.0 and numpy's 1.0 are one number."""
        value = attrgetter(self.name)(row)
        if value is None and self.optional:
            return None
        try:
            return _NORMAL[self.kind](value)
        except (TypeError, ValueError, OverflowError) as error:
            raise TypeError(f"{self.name}: {error}") from error

    def restored(self, value: Any) -> Any:
        """Give a normal value the type it has in the noun."""
        return self.enum(value) if self.enum is not None and value is not None else value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"found {value!r}, expected text")
    return str(value.value) if isinstance(value, Enum) else str(value)


def _real(value: Any) -> float:
    if isinstance(value, bool | str | bytes) or value is None:
        raise TypeError(f"found {value!r}, expected a number")
    return float(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool | float | str) or int(value) != value:
        raise TypeError(f"found {value!r}, expected an integer")
    return int(value)


def _vector(value: Any) -> tuple[float, ...]:
    return tuple(_real(entry) for entry in value)


_NORMAL: dict[Kind, Callable[[Any], Any]] = {
    "text": _text,
    "real": _real,
    "whole": _whole,
    "truth": bool,
    "vector": _vector,
}


@cache
def columns_of(noun: type) -> tuple[Column, ...]:
    """List the columns of a noun in the order of its fields.

    Parameters
    ----------
    noun
        A dataclass of plain values, vectors of floats and further such dataclasses.

    Returns
    -------
    tuple of Column
        Nested nouns are flattened in their place.
    """
    hints = get_type_hints(noun)
    columns: list[Column] = []
    for field in dataclasses.fields(noun):
        hint = hints[field.name]
        if dataclasses.is_dataclass(hint):
            nested = columns_of(hint)  # type: ignore[arg-type]  # a class here, never an instance
            columns += [dataclasses.replace(each, name=f"{field.name}.{each.name}") for each in nested]
        else:
            columns.append(_column(field, hint))
    return tuple(columns)


def _column(field: dataclasses.Field[Any], hint: Any) -> Column:
    optional = isinstance(hint, UnionType)
    plain = next(each for each in get_args(hint) if each is not type(None)) if optional else hint
    enum = plain if isinstance(plain, type) and issubclass(plain, Enum) else None
    return Column(field.name, _kind(plain, field.name), optional, enum, field.default)


def _kind(hint: Any, name: str) -> Kind:
    if get_origin(hint) is tuple and get_args(hint) == (float, ...):
        return "vector"
    kinds: dict[type, Kind] = {bool: "truth", int: "whole", float: "real"}
    if hint in kinds:
        return kinds[hint]
    if isinstance(hint, type) and issubclass(hint, str):
        return "text"
    raise TypeError(f"field {name!r} is declared {hint}: a history keeps text, numbers, truth values and vectors")


def build(noun: type, values: dict[str, Any], prefix: str = "") -> Any:
    """Make a noun from the values of its columns.

    Parameters
    ----------
    noun
        The dataclass to make.
    values
        Normal values by column name; columns with a default may be missing.
    prefix
        Where in an outer noun this one stands, ending with a dot.

    Returns
    -------
    Any
        An instance of `noun`.
    """
    columns = {column.name: column for column in columns_of(noun)}
    arguments: dict[str, Any] = {}
    for name, hint in _hints(noun).items():
        if name not in columns:
            arguments[name] = build(hint, values, f"{prefix}{name}.")
        elif prefix + name in values:
            arguments[name] = columns[name].restored(values[prefix + name])
    return noun(**arguments)


@cache
def _hints(noun: type) -> dict[str, Any]:
    hints = get_type_hints(noun)
    return {field.name: hints[field.name] for field in dataclasses.fields(noun)}
