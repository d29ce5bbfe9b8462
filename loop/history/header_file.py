"""A header as a sealed file with a twin, so that one damaged file never costs a history its meaning."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from loop.errors import DamagedCycleError, HistoryError
from loop.history import hdf5
from loop.history.durable import write_durably
from loop.history.header import Header
from loop.history.layout import header_paths
from loop.history.seal import read_sealed, sealed
from loop.history.tables import texts
from loop.history.text import from_bytes

if TYPE_CHECKING:
    import h5py

_SCALARS = ("campaign", "campaign_text", "campaign_folder", "seed", "revision", "since", "reason")


def encode_header(header: Header) -> bytes:
    """Make the sealed file of a header.

    Parameters
    ----------
    header
        To be sealed.

    Returns
    -------
    bytes
        The whole file.
    """

    def fill(file: h5py.File) -> None:
        entry = file.create_group("entry")
        entry.attrs["NX_class"] = "NXentry"
        hdf5.write_plain(
            entry.create_group("header"),
            {name: getattr(header, name) for name in _SCALARS} | {"campaign_sha256": header.campaign_sha256},
        )
        if header.variables:
            entry["variables"] = texts(header.variables)
        if header.categories:
            categories = {name: "\n".join(values) for name, values in header.categories.items()}
            hdf5.write_plain(entry.create_group("categories"), categories)
        hdf5.write_plain(entry.create_group("targets"), header.targets)
        hdf5.write_plain(entry.create_group("created"), header.created)

    try:
        return sealed(hdf5.image(fill))
    except (TypeError, ValueError, OverflowError) as error:
        raise HistoryError(f"the header cannot be kept: {error}") from error


def _decode(image: bytes, path: Path) -> Header:
    with hdf5.opened(image, path) as file:
        entry = file["entry"]
        scalars = hdf5.read_plain(entry["header"])
        names = entry["variables"][()].tolist() if "variables" in entry else ()
        categories = hdf5.read_plain(entry["categories"]) if "categories" in entry else {}
        return Header(
            variables=tuple(map(from_bytes, names)),
            categories={name: tuple(str(values).split("\n")) for name, values in categories.items()},
            targets={name: str(unit) for name, unit in hdf5.read_plain(entry["targets"]).items()},
            created=hdf5.read_plain(entry["created"]),
            format_version=int(file.attrs[hdf5.VERSION]),
            **{name: scalars[name] for name in _SCALARS if name in scalars},  # type: ignore[arg-type]
        )


def write_header(folder: Path, header: Header) -> None:
    """Seal a header twice.

    Parameters
    ----------
    folder
        Of the history.
    header
        To be sealed.
    """
    content = encode_header(header)
    for path in reversed(header_paths(folder, header.revision)):
        write_durably(path, content)


def read_header(folder: Path, revision: int) -> Header:
    """Read a header from the first of its two files that is whole.

    Parameters
    ----------
    folder
        Of the history.
    revision
        Which.

    Returns
    -------
    Header
        As it was sealed.
    """
    path, copy = header_paths(folder, revision)
    try:
        return _decode(read_sealed(path), path)
    except DamagedCycleError:
        return _decode(read_sealed(copy), copy)


def damaged_headers(folder: Path, revision: int) -> dict[Path, str]:
    """Find which of the two files of a header is not as it was sealed.

    Parameters
    ----------
    folder
        Of the history.
    revision
        Which.

    Returns
    -------
    dict
        What is wrong, by file.
    """
    found: dict[Path, str] = {}
    for path in header_paths(folder, revision):
        try:
            read_sealed(path)
        except DamagedCycleError as error:
            found[path] = str(error)
    return found


def mend_header(folder: Path, revision: int) -> None:
    """Replace a damaged or missing twin by the whole one.

    Parameters
    ----------
    folder
        Of the history, with its writer lock held.
    revision
        Which.
    """
    damaged = damaged_headers(folder, revision)
    if len(damaged) != 1:
        return
    (broken,) = damaged
    (whole,) = {*header_paths(folder, revision)} - {broken}
    content = read_sealed(whole)
    broken.unlink(missing_ok=True)
    write_durably(broken, content)
