"""The folders of a tree, each with a stamp that changes when anything in it does."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

_SAVED = ".save"
"""End of the name of a folder in which Quantum ESPRESSO keeps its XML: part of the calculation above it."""


@dataclass(frozen=True)
class Unit:
    """A folder that holds files.

    Parameters
    ----------
    path
        The folder.
    stamp
        Digest of the names, sizes and times of its files, and of those that a code keeps below it.
    changed
        Newest of these times in s.
    """

    path: Path
    stamp: str
    changed: float


Entry = tuple[str, int, int]


def units_below(folder: Path) -> list[Unit]:
    """List a folder and everything below it, in a reproducible order; hidden folders are passed over.

    Raises
    ------
    OSError
        The folder itself cannot be listed. What cannot be listed below it holds no units.
    """
    os.scandir(folder).close()
    entries: dict[Path, list[Entry]] = {}
    for place, below, names in os.walk(folder):
        below[:] = sorted(name for name in below if not name.startswith("."))
        here = Path(place)
        files = [entry for name in sorted(names) if (entry := _entry(here, name)) is not None]
        if files:
            entries[here] = files
    return [_unit(path, [*files, *_saved(path, entries)]) for path, files in entries.items()]


def _entry(folder: Path, name: str) -> Entry | None:
    try:
        status = (folder / name).stat()
    except OSError:  # it is being moved, or a link to nothing
        return None
    return name, status.st_size, status.st_mtime_ns


def _saved(path: Path, entries: dict[Path, list[Entry]]) -> list[Entry]:
    """Return the files of the folders ``*.save`` one and two levels below."""
    return [
        (f"{other.relative_to(path)}/{name}", size, time)
        for other in entries
        if other.name.endswith(_SAVED) and path in (other.parent, other.parent.parent)
        for name, size, time in entries[other]
    ]


def _unit(path: Path, files: list[Entry]) -> Unit:
    digest = hashlib.sha256(repr(files).encode()).hexdigest()
    return Unit(path, digest, max(time for _, _, time in files) / 1e9)
