"""Named arrays of a record in a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import h5py

Arrays = Mapping[str, npt.NDArray[Any]]
_WIDEST = {"b": 1, "i": 8, "u": 8, "f": 8, "c": 16}


def checked(name: str, array: Any) -> npt.NDArray[Any]:
    """Refuse what does not mean the same on every machine.

    Parameters
    ----------
    name, array
        The array and what it is called.

    Returns
    -------
    numpy.ndarray
        Truth values, integers, floats or complex numbers, at most 64 bits a number, little-endian.
    """
    values = np.asarray(array)
    if values.dtype.itemsize > _WIDEST.get(values.dtype.kind, 0):
        raise TypeError(f"array {name!r}: found dtype {values.dtype}, expected truth values or numbers up to 64 bits")
    parts = name.split("/")
    if not all(parts) or {".", ".."} & {*parts} or not name.isprintable():
        raise TypeError(f"{name!r} cannot be the name of an array")
    return values.astype(values.dtype.newbyteorder("<"), copy=False)


def write_arrays(group: h5py.Group, arrays: Arrays) -> None:
    """Keep arrays; ``/`` in a name makes groups, and a group of ``x`` and ``y`` is shown as a curve.

    Parameters
    ----------
    group
        To write into.
    arrays
        By name.
    """
    group.attrs["NX_class"] = "NXcollection"
    for name in sorted(arrays):
        _refuse_name_inside_another(name, arrays)
        group.create_dataset(name, data=checked(name, arrays[name]))
    for parent in sorted({parent for name in arrays for parent in _parents(name)}):
        is_curve = {f"{parent}/x", f"{parent}/y"} <= {*arrays}
        curve = {"NX_class": "NXdata", "signal": "y", "axes": "x"}
        group[parent].attrs.update(curve if is_curve else {"NX_class": "NXcollection"})


def _parents(name: str) -> list[str]:
    parts = name.split("/")
    return ["/".join(parts[:end]) for end in range(1, len(parts))]


def _refuse_name_inside_another(name: str, arrays: Arrays) -> None:
    for parent in _parents(name):
        if parent in arrays:
            raise TypeError(f"{name!r} cannot be the name of an array beside an array {parent!r}")


def read_arrays(group: h5py.Group, beginning: str = "") -> dict[str, npt.NDArray[Any]]:
    """Undo :func:`write_arrays`.

    Parameters
    ----------
    group
        To read from.
    beginning
        Of the names of those that are read.

    Returns
    -------
    dict
        Arrays by name, sorted.
    """
    import h5py

    arrays: dict[str, npt.NDArray[Any]] = {}

    def visit(name: str, item: object) -> None:
        if name.startswith(beginning) and isinstance(item, h5py.Dataset):
            arrays[name] = np.asarray(item[()])

    # Looking at every name of a group takes longer than reading a few of them.
    if not beginning.endswith("/") or beginning in group:
        group.visititems(visit)
    return dict(sorted(arrays.items()))
