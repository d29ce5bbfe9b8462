"""Where things stand in the folder of a history."""

from __future__ import annotations

import re
from pathlib import Path

FORMAT_VERSION = 1
CYCLES = "cycles"
HEADERS = "headers"
LOCK = "writer.lock"
INDEX = "index.sqlite"
MASTER = "campaign.nxs"
SNAPSHOT = "state.h5"
TEMPORARY = ".tmp"

_CYCLE = re.compile(r"cycle_(\d{6,})\.h5")
_HEADER = re.compile(r"header_(\d{4,})\.h5")


def cycle_path(folder: Path, number: int) -> Path:
    """Name the file of a cycle: a thousand to a folder.

    Parameters
    ----------
    folder
        Of the history.
    number
        Of the cycle.

    Returns
    -------
    pathlib.Path
        ``cycles/0000/cycle_000123.h5`` in that folder.
    """
    return folder / CYCLES / f"{number // 1000:04d}" / f"cycle_{number:06d}.h5"


def cycle_numbers(folder: Path) -> list[int]:
    """List the cycles that are sealed, from the names alone.

    Parameters
    ----------
    folder
        Of the history.

    Returns
    -------
    list of int
        Ascending.
    """
    return sorted(_numbers(folder / CYCLES, "*/cycle_*.h5", _CYCLE))


def header_paths(folder: Path, revision: int) -> tuple[Path, Path]:
    """Name the two twin files of a header.

    Parameters
    ----------
    folder
        Of the history.
    revision
        0 for the first header of a history.

    Returns
    -------
    tuple of pathlib.Path
        The file, and its copy.
    """
    name = f"header_{revision:04d}"
    return folder / HEADERS / f"{name}.h5", folder / HEADERS / "copies" / f"{name}.h5"


def header_revisions(folder: Path) -> list[int]:
    """List the revisions of the header of which at least one file is there.

    Parameters
    ----------
    folder
        Of the history.

    Returns
    -------
    list of int
        Ascending.
    """
    found = {*_numbers(folder / HEADERS, "header_*.h5", _HEADER)}
    return sorted(found | {*_numbers(folder / HEADERS / "copies", "header_*.h5", _HEADER)})


def _numbers(folder: Path, pattern: str, name: re.Pattern[str]) -> list[int]:
    matches = (name.fullmatch(path.name) for path in folder.glob(pattern))
    return [int(match[1]) for match in matches if match]
