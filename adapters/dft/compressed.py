"""Plain and compressed files, read alike."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

SUFFIXES = r"(\.(gz|GZ|bz2|xz|lzma))?"
"""Regular expression of what compression appends to a file name."""


def opened(file: Path) -> IO[bytes]:
    """Open a file, compressed or not (told by its name), for reading bytes."""
    from monty.io import zopen

    stream: IO[bytes] = zopen(file, mode="rb")
    return stream


def text_in(file: Path) -> str:
    """Return the text in a file, compressed or not.

    Raises
    ------
    UnicodeDecodeError
        It is no UTF-8.
    """
    with opened(file) as stream:
        return stream.read().decode("utf-8")


def head(file: Path, size: int = 4096) -> bytes:
    """Return the first bytes of what a file contains, uncompressed; b"" if that fails."""
    try:
        with opened(file) as stream:
            return stream.read(size)
    except Exception:  # a broken archive has no head; its reader will say what is wrong
        return b""
