"""Any Python string in HDF5, and back, without loss.

HDF5 ends a string at its first NUL and holds UTF-8 only. Python strings may hold NUL, and file names that are
no valid UTF-8 arrive as lone surrogates. These characters are escaped: U+001A, then four hexadecimal digits.
"""

from __future__ import annotations

import re

_UNSTORABLE = re.compile("[\x00\x1a\ud800-\udfff]")
_ESCAPED = re.compile("\x1a([0-9a-f]{4})")


def to_bytes(text: str) -> bytes:
    """Encode as UTF-8 without NUL.

    Parameters
    ----------
    text
        Any string.

    Returns
    -------
    bytes
        UTF-8, in which NUL, U+001A and surrogates are escaped.
    """
    return _UNSTORABLE.sub(lambda match: f"\x1a{ord(match[0]):04x}", text).encode()


def from_bytes(stored: bytes) -> str:
    """Undo :func:`to_bytes`.

    Parameters
    ----------
    stored
        As read from a file.

    Returns
    -------
    str
        The string that was stored.
    """
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), stored.decode())
