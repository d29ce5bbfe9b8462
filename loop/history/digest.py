"""A fingerprint of what a record says, whatever bytes a file keeps it in."""

from __future__ import annotations

import dataclasses
import hashlib
import struct
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, get_args, get_type_hints

import numpy as np
import numpy.typing as npt

from loop.history.arrays import checked
from loop.history.columns import columns_of
from loop.history.hdf5 import plain, same_float
from loop.records import CycleRecord

FIRST = "0" * 64
_NAN = struct.pack(">d", float("nan"))


def record_digest(record: CycleRecord) -> str:
    """Fingerprint everything in a record except its facts.

    Parameters
    ----------
    record
        To digest.

    Returns
    -------
    str
        SHA-256 in hexadecimal. Order of mappings, byte order and the kind of NaN do not matter. A value equal
        to its field's default is left out, so that a field added later leaves old digests as they are.
    """
    sink = hashlib.sha256()
    for name, noun in tables().items():
        for row in getattr(record, name):
            sink.update(_bytes(name) + _row(noun, row))
    for name in sorted(record.arrays):
        sink.update(_bytes("arrays") + _bytes(name) + _array(checked(name, record.arrays[name])))
    for name in sorted(record.summary):
        sink.update(_bytes("summary") + _bytes(name) + _bytes(plain(record.summary[name], name)))
    sink.update(_bytes(record.number))
    return sink.hexdigest()


def chained(previous: str, digest: str) -> str:
    """Fingerprint a sequence that grows by one record.

    Parameters
    ----------
    previous
        Of the sequence before; :data:`FIRST` for the empty one.
    digest
        Of the record.

    Returns
    -------
    str
        SHA-256 in hexadecimal.
    """
    return hashlib.sha256(f"{previous}{digest}".encode()).hexdigest()


@cache
def tables() -> Mapping[str, type]:
    """List the tables of a record.

    Returns
    -------
    mapping
        The noun each holds, by the name of the record's field.
    """
    hints = get_type_hints(CycleRecord)
    nouns = {name: get_args(hint)[0] for name, hint in hints.items() if get_args(hint)[1:] == (...,)}
    return MappingProxyType({name: noun for name, noun in nouns.items() if hasattr(noun, "__dataclass_fields__")})


def _row(noun: type, row: Any) -> bytes:
    parts = []
    for column in columns_of(noun):
        value = column.of(row)
        if not _is_default(value, column.default):
            parts.append(_bytes(column.name) + _bytes(value))
    return _framed(b"row", b"".join(parts))


def _is_default(value: Any, default: Any) -> bool:
    if isinstance(value, float) and isinstance(default, float):
        return same_float(value, default)
    return default is not dataclasses.MISSING and bool(value == default)


def _array(array: npt.NDArray[Any]) -> bytes:
    if array.dtype.kind in "fc":
        array = array.copy()
        parts = (
            array[...].view(f"<f{array.dtype.itemsize // (2 if array.dtype.kind == 'c' else 1)}")
            if array.ndim
            else array
        )
        parts[np.isnan(parts)] = np.nan
    description = f"{array.dtype.str.lstrip('<|')} {array.shape}".encode()
    return _framed(b"array", _framed(b"", description) + array.tobytes("C"))


def _bytes(value: Any) -> bytes:
    if isinstance(value, bool):
        return b"T" if value else b"F"
    if isinstance(value, str):
        return _framed(b"text", value.encode("utf-8", "surrogatepass"))
    if isinstance(value, float):
        return b"real" + (_NAN if value != value else struct.pack(">d", value))
    if isinstance(value, int):
        return _framed(b"whole", str(value).encode())
    if value is None:
        return b"none"
    return _framed(b"vector", b"".join(map(_bytes, value)))


def _framed(kind: bytes, content: bytes) -> bytes:
    return kind + len(content).to_bytes(8, "big") + content
