"""The few HDF5 things that all sealed files share: images in memory, plain values, the format version."""

from __future__ import annotations

import io
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from loop.errors import HistoryError
from loop.history.layout import FORMAT_VERSION
from loop.history.seal import BLOCK
from loop.history.text import from_bytes, to_bytes

if TYPE_CHECKING:
    import h5py

Plain = str | int | float | bool
VERSION = "douka_format_version"
_LONGEST_ATTRIBUTE = 32_000  # HDF5 allows 64 kB for an attribute with its name


def image(fill: Any) -> bytes:
    """Make an HDF5 file in memory, with 512 bytes free before it.

    Parameters
    ----------
    fill
        Called with the open file.

    Returns
    -------
    bytes
        The same for the same content.
    """
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w", userblock_size=BLOCK) as file:
        file.attrs["NX_class"] = "NXroot"
        file.attrs[VERSION] = FORMAT_VERSION
        fill(file)
    return buffer.getvalue()


@contextmanager
def opened(content: bytes, path: Path) -> Iterator[h5py.File]:
    """Open an HDF5 file that was read into memory, unless it is of a newer format.

    Parameters
    ----------
    content
        All its bytes.
    path
        Where they come from, for messages.

    Yields
    ------
    h5py.File
        For reading.
    """
    import h5py

    with h5py.File(io.BytesIO(content), "r") as file:
        version = int(file.attrs[VERSION])
        if version > FORMAT_VERSION:
            raise HistoryError(
                f"{path}: found format version {version}, expected at most {FORMAT_VERSION}, the newest this "
                "douka knows. Install the version of douka that wrote it, or a newer one"
            )
        yield file


def write_plain(group: h5py.Group, values: Mapping[str, Plain]) -> None:
    """Keep plain values as attributes; a long text becomes a data set of that name.

    Parameters
    ----------
    group
        To write into.
    values
        By name.
    """
    group.attrs["NX_class"] = "NXcollection"
    for index, name in enumerate(sorted(values)):
        if not name or name == "NX_class" or to_bytes(name).decode() != name:
            raise TypeError(f"{name!r} cannot be the name of a value")
        value = plain(values[name], name)
        stored = to_bytes(value).decode() if isinstance(value, str) else value
        if isinstance(stored, str) and len(stored) * 4 > _LONGEST_ATTRIBUTE:
            group.create_dataset(f"long/{index}", data=stored).attrs["name"] = name
        else:
            group.attrs[name] = stored


def printable(text: str) -> str:
    """Make a text safe for an attribute that people read and douka does not.

    Parameters
    ----------
    text
        Any.

    Returns
    -------
    str
        The same, escaped where HDF5 could not hold it.
    """
    return to_bytes(text).decode()


def plain(value: Any, name: str) -> Plain:
    """Turn numpy's scalars into Python's and refuse what is not plain.

    Parameters
    ----------
    value, name
        The value and what it is called.

    Returns
    -------
    str, int, float or bool
        The same value.
    """
    value = value.item() if isinstance(value, np.generic) else value
    if not isinstance(value, str | int | float | bool):
        raise TypeError(f"{name}: found {value!r}, expected text, a number or a truth value")
    if isinstance(value, int) and not -(2**63) <= value < 2**63:
        raise TypeError(f"{name}: found {value}, expected an integer of 64 bits")
    return value


def read_plain(group: h5py.Group) -> dict[str, Plain]:
    """Undo :func:`write_plain`.

    Parameters
    ----------
    group
        To read from.

    Returns
    -------
    dict
        Values by name.
    """
    values = {name: _restored(value) for name, value in group.attrs.items() if name != "NX_class"}
    for text in group["long"].values() if "long" in group else ():
        values[str(text.attrs["name"])] = from_bytes(text[()])
    return dict(sorted(values.items()))


def _restored(value: Any) -> Plain:
    if isinstance(value, str):
        return from_bytes(value.encode())
    restored: Plain = value.item()
    return restored


def same_float(first: float, second: float) -> bool:
    """Whether two numbers are the same bit by bit, all NaN being one.

    Parameters
    ----------
    first, second
        To compare.

    Returns
    -------
    bool
        False for 0.0 and −0.0.
    """
    if math.isnan(first) or math.isnan(second):
        return math.isnan(first) and math.isnan(second)
    return first == second and math.copysign(1, first) == math.copysign(1, second)
