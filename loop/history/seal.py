"""The seal: 512 bytes before the HDF5 content that say what the SHA-256 of all following bytes must be."""

from __future__ import annotations

import hashlib
from pathlib import Path

from loop.errors import DamagedCycleError

BLOCK = 512
_MAGIC = b"douka sealed file 1\nsha256 "


def sealed(image: bytes) -> bytes:
    """Set a seal before an HDF5 image.

    Parameters
    ----------
    image
        The bytes of an HDF5 file that leaves its first 512 bytes free.

    Returns
    -------
    bytes
        The same with the seal in these 512 bytes.
    """
    content = memoryview(image)[BLOCK:]
    return b"".join([_block(content), content])


def _block(content: memoryview) -> bytes:
    return (_MAGIC + hashlib.sha256(content).hexdigest().encode() + b"\n").ljust(BLOCK, b"\0")


def read_sealed(path: Path) -> bytes:
    """Read a sealed file whole and check its seal.

    Parameters
    ----------
    path
        A cycle or header file.

    Returns
    -------
    bytes
        What was sealed, to be parsed from memory: what was checked is what is used.
    """
    try:
        image = path.read_bytes()
    except FileNotFoundError as error:
        raise DamagedCycleError(f"{path}: the file is missing. {REMEDY}") from error
    except OSError as error:
        raise DamagedCycleError(f"{path}: the disk does not give it back ({error}). {REMEDY}") from error
    if image[:BLOCK] != _block(memoryview(image)[BLOCK:]):
        raise DamagedCycleError(
            f"{path}: found {_difference(image)}, expected the SHA-256 that it was sealed with. {REMEDY}"
        )
    return image


REMEDY = (
    "Put this one file back from a copy of the history; all others stay readable, and `History.verify()` "
    "names every one that is not as it was sealed."
)


def _difference(image: bytes) -> str:
    if len(image) < BLOCK:
        return f"only {len(image)} bytes"
    if not image.startswith(_MAGIC):
        return "no seal at the beginning"
    return f"{len(image)} bytes that changed after they were sealed"
