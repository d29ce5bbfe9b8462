"""Nouns as the rows of one HDF5 table, bit by bit there and back."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from loop.history.columns import Column, build, columns_of
from loop.history.text import from_bytes, to_bytes

type_of = {"real": "<f8", "whole": "<i8", "truth": "?"}


def to_table(noun: type, rows: Sequence[Any]) -> npt.NDArray[np.void]:
    """Lay out nouns as a structured array.

    Parameters
    ----------
    noun
        The dataclass of the rows.
    rows
        At least one.

    Returns
    -------
    numpy.ndarray
        One row each, shape (n,). A column that may be None has a companion ``<name>.stated``; a vector has a
        companion ``<name>.length`` (−1 for None) and is padded with NaN.
    """
    stored: dict[str, npt.NDArray[Any]] = {}
    for column in columns_of(noun):
        stored |= _fields(column, [column.of(row) for row in rows])
    layout = [(name, array.dtype, array.shape[1:]) for name, array in stored.items()]
    table = np.empty(len(rows), dtype=layout)
    for name, array in stored.items():
        table[name] = array
    return table


def _fields(column: Column, values: list[Any]) -> dict[str, npt.NDArray[Any]]:
    name = column.name
    if column.kind == "vector":
        return _vectors(name, values)
    stated = [value is not None for value in values]
    companion = {f"{name}.stated": np.array(stated, dtype="?")} if column.optional else {}
    if column.kind == "text":
        return {name: texts([value or "" for value in values])} | companion
    absent = float("nan") if column.kind == "real" else 0
    plain = [absent if value is None else value for value in values]
    return {name: np.array(plain, dtype=type_of[column.kind])} | companion


def texts(values: Sequence[str]) -> npt.NDArray[np.bytes_]:
    """Lay out strings as UTF-8 of one length, padded with NUL, in a dtype that h5py writes as UTF-8.

    Parameters
    ----------
    values
        Any strings.

    Returns
    -------
    numpy.ndarray
        One entry each.
    """
    import h5py

    encoded = [to_bytes(value) for value in values]
    length = max(1, *(len(each) for each in encoded), 1)
    return np.array(encoded, dtype=h5py.string_dtype("utf-8", length))


def _vectors(name: str, values: list[tuple[float, ...] | None]) -> dict[str, npt.NDArray[Any]]:
    lengths = [-1 if value is None else len(value) for value in values]
    padded = np.full((len(values), max(1, *lengths, 1)), np.nan)
    for row, value in zip(padded, values, strict=True):
        row[: len(value or ())] = value or ()
    return {name: padded, f"{name}.length": np.array(lengths, dtype="<i4")}


def from_table(noun: type, table: npt.NDArray[np.void]) -> tuple[Any, ...]:
    """Undo :func:`to_table`.

    Parameters
    ----------
    noun
        The dataclass of the rows.
    table
        As read from a file; columns that have a default may be missing, unknown ones are left out.

    Returns
    -------
    tuple
        One `noun` a row.
    """
    names = table.dtype.names or ()
    present = [column for column in columns_of(noun) if column.name in names]
    values = {column.name: _values(column, table) for column in present}
    missing = [
        column.name for column in columns_of(noun) if column.name not in names and column.default is dataclasses.MISSING
    ]
    if missing:
        raise KeyError(f"columns {', '.join(missing)} are missing in a table of {noun.__name__}")
    return tuple(build(noun, {name: column[row] for name, column in values.items()}) for row in range(len(table)))


def _values(column: Column, table: npt.NDArray[np.void]) -> list[Any]:
    name = column.name
    plain = table[name].tolist()
    if column.kind == "vector":
        lengths = table[f"{name}.length"].tolist()
        return [None if length < 0 else tuple(row[:length]) for row, length in zip(plain, lengths, strict=True)]
    if column.kind == "text":
        plain = [from_bytes(value) for value in plain]
    if not column.optional:
        return list(plain)
    stated = table[f"{name}.stated"].tolist()
    return [value if known else None for value, known in zip(plain, stated, strict=True)]
