"""Size, time and digest of files, to notice that somebody is still writing them."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from adapters.dft.rejected import RejectedCalculation, StillGrowing

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_WAIT = "Wait until the calculation has ended, then read it again."


@dataclass(frozen=True)
class Stamp:
    """Size in bytes and time of the last change in ns of one file."""

    size: int
    changed: int

    @classmethod
    def of(cls, file: Path) -> Stamp:
        """Return the stamp of a file as it is now."""
        status = file.stat()
        return cls(status.st_size, status.st_mtime_ns)


def quiet(files: Iterable[Path], seconds: float) -> dict[Path, Stamp]:
    """Return the stamps of files that have not changed for some time.

    Parameters
    ----------
    files
        What will be read.
    seconds
        How long nothing may have been written; 0 asks for nothing.

    Raises
    ------
    RejectedCalculation
        A file is empty or changed less than `seconds` ago.
    """
    stamps = {file: Stamp.of(file) for file in files}
    for file, stamp in stamps.items():
        if not stamp.size:
            raise RejectedCalculation(file, "the file is empty (0 bytes)", _WAIT)
        age = time.time() - stamp.changed / 1e9
        if seconds > 0 and age < seconds:
            found = f"still growing? It changed {age:.1f} s ago, expected at least {seconds:g} s of quiet"
            raise StillGrowing(file, found, _WAIT)
    return stamps


def unchanged(stamps: dict[Path, Stamp]) -> None:
    """Check that files were not written to while they were read.

    Raises
    ------
    RejectedCalculation
        Size or time differ from `stamps`.
    """
    for file, before in stamps.items():
        after = Stamp.of(file)
        if after != before:
            found = f"still growing: it changed from {before.size} to {after.size} bytes while it was read"
            raise StillGrowing(file, found, _WAIT)


def digests(files: Iterable[Path]) -> dict[str, str]:
    """Return file name → SHA-256 (hexadecimal) of the bytes on disk."""
    found = {}
    for file in files:
        with file.open("rb") as stream:
            found[file.name] = hashlib.file_digest(stream, "sha256").hexdigest()
    return found
