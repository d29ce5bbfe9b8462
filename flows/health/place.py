"""The folder that campaigns and histories are kept in."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from flows.health.finding import Finding
from loop.errors import HistoryError
from loop.history.filesystem import check, kind_of

_LITTLE, _TOO_LITTLE = 2e9, 2e8


def place_findings(folder: Path) -> list[Finding]:
    """Writable, on a disk that keeps what it says, with room.

    Parameters
    ----------
    folder
        ``workspace`` of the working folder; where it is not there yet, what would hold it is looked at.
    """
    place = folder if folder.is_dir() else folder.absolute().parent
    return [_writable(folder, place), _local(place), room_finding(shutil.disk_usage(place).free)]


def room_finding(free: float) -> Finding:
    """Judge free space, in bytes."""
    text = f"{free / 1e9:.1f} GB free"
    if free < _TOO_LITTLE:
        return Finding("disk", "problem", text, "Make room: a campaign stops where a cycle cannot be sealed.")
    if free < _LITTLE:
        return Finding("disk", "warn", text, "Make room before a long campaign.")
    return Finding("disk", "ok", text)


def _writable(folder: Path, place: Path) -> Finding:
    try:
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"douka")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        remedy = f"Change its permissions, or go to another folder; histories are written below {place}."
        return Finding("workspace", "problem", f"{place}: cannot be written ({error.strerror})", remedy)
    if not folder.is_dir():
        return Finding("workspace", "ok", f"{folder.absolute()}: not there yet, can be made by: douka new NAME")
    count = len(list(folder.glob("campaigns/*/campaign.toml")))
    return Finding("workspace", "ok", f"{folder.absolute()}: writable, campaigns: {count}")


def _local(place: Path) -> Finding:
    try:
        check(place, "refuse")
    except HistoryError as error:
        return Finding("file system", "problem", str(error), "Work on a local disk, and copy from there.")
    return Finding("file system", "ok", kind_of(place) or "not known")
