"""A record as a sealed file, and back. The layout is described in this folder's README."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from loop.errors import DamagedCycleError, HistoryError
from loop.history import hdf5
from loop.history.arrays import read_arrays, write_arrays
from loop.history.digest import chained, record_digest, tables
from loop.history.header import Header
from loop.history.plots import add_plot
from loop.history.seal import REMEDY, read_sealed, sealed
from loop.history.tables import from_table, to_table
from loop.records import CycleRecord

if TYPE_CHECKING:
    import h5py


def encode(record: CycleRecord, header: Header, previous: str) -> tuple[bytes, str]:
    """Make the sealed file of a record.

    Parameters
    ----------
    record
        To be sealed.
    header
        Of the history.
    previous
        Digest of the history before this record.

    Returns
    -------
    bytes
        The whole file, the same for the same arguments.
    str
        Digest of the history with this record.
    """

    def fill(file: h5py.File) -> None:
        file.attrs["default"] = "entry"
        entry = file.create_group("entry")
        entry.attrs["NX_class"] = "NXentry"
        entry.attrs["campaign"] = hdf5.printable(header.campaign)
        entry.attrs["variables"] = [hdf5.printable(name) for name in header.variables]
        entry.attrs["number"] = record.number
        entry.attrs["header_revision"] = header.revision
        entry.attrs["previous"] = previous
        entry.attrs["digest"] = digest
        _fill(entry, record, header)

    try:
        digest = record_digest(record)
        return sealed(hdf5.image(fill)), chained(previous, digest)
    except (TypeError, ValueError, OverflowError) as error:
        raise HistoryError(f"cycle {record.number} cannot be kept: {error}") from error


def _fill(entry: h5py.Group, record: CycleRecord, header: Header) -> None:
    for name, noun in tables().items():
        rows = getattr(record, name)
        if rows:
            group = entry.create_group(name)
            group.attrs["NX_class"] = "NXcollection"
            group.create_dataset("table", data=to_table(noun, rows))
            add_plot(group, name, rows, header)
    plots = [f"{name}/default_plot" for name in ("observations", "requests") if f"{name}/default_plot" in entry]
    if plots:
        entry.attrs["default"] = plots[0]
    write_arrays(entry.create_group("arrays"), record.arrays)
    hdf5.write_plain(entry.create_group("summary"), record.summary)
    hdf5.write_plain(entry.create_group("facts"), record.facts)


def decode(image: bytes, path: Path, arrays: str = "") -> CycleRecord:
    """Undo :func:`encode` for a file whose seal was checked.

    Parameters
    ----------
    image
        The whole file.
    path
        Where it comes from, for messages.
    arrays
        How the names of the arrays that are read begin.

    Returns
    -------
    CycleRecord
        As it was sealed.
    """
    with hdf5.opened(image, path) as file:
        try:
            return _record(file["entry"], arrays)
        except (KeyError, ValueError, TypeError) as error:
            raise HistoryError(
                f"{path}: is whole, but not laid out as a cycle ({error}). Report this as a fault of douka"
            ) from error


def _record(entry: h5py.Group, arrays: str) -> CycleRecord:
    parts: dict[str, Any] = {
        name: from_table(noun, entry[name]["table"][()]) for name, noun in tables().items() if name in entry
    }
    return CycleRecord(
        number=int(entry.attrs["number"]),
        arrays=read_arrays(entry["arrays"], arrays),
        summary=hdf5.read_plain(entry["summary"]),
        facts=hdf5.read_plain(entry["facts"]),
        **parts,
    )


def read_cycle(path: Path, number: int, arrays: str = "") -> CycleRecord:
    """Read one cycle and check its seal.

    Parameters
    ----------
    path
        Its file.
    number
        Which cycle it must be.
    arrays
        How the names of the arrays that are read begin.

    Returns
    -------
    CycleRecord
        As it was sealed.
    """
    record = decode(read_sealed(path), path, arrays)
    if record.number != number:
        raise DamagedCycleError(f"{path}: found cycle {record.number}, expected cycle {number}. {REMEDY}")
    return record


def read_chain(path: Path) -> tuple[str, str]:
    """Read how a cycle is chained to those before it.

    Parameters
    ----------
    path
        Its file.

    Returns
    -------
    tuple of str
        Digest of the history before it, and of its own record.
    """
    with hdf5.opened(read_sealed(path), path) as file:
        attributes = file["entry"].attrs
        return str(attributes["previous"]), str(attributes["digest"])
