"""From the bytes of a measurement file to its lines, whatever program saved it."""

from __future__ import annotations

import gzip
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path

from adapters.magnetometry.rejected import RejectedMeasurement

_BINARY = {
    b"PK\x03\x04": "an Excel or ZIP file",
    b"\xd0\xcf\x11\xe0": "an old Excel file",
    b"\x89HDF": "an HDF5 file",
    b"%PDF": "a PDF file",
    b"\x89PNG": "a picture",
}
_GZIP = b"\x1f\x8b"


@dataclass(frozen=True)
class Text:
    """The text of a file.

    Parameters
    ----------
    lines
        Without line ends; line n of the file is ``lines[n - 1]``.
    ends_with_newline
        Whether the last line is complete for sure.
    sha256
        Of the bytes as they lie on the disk.
    """

    lines: tuple[str, ...]
    ends_with_newline: bool
    sha256: str


def read_text(file: Path) -> Text:
    """Read a text file in UTF-8 or UTF-16 (with or without a byte-order mark) or Windows' cp1252; .gz too.

    Raises
    ------
    RejectedMeasurement
        Where it is missing, empty, unreadable or no text.
    """
    try:
        raw = file.read_bytes()
    except FileNotFoundError as error:
        raise RejectedMeasurement(file, "there is no such file", "Check the path.") from error
    except OSError as error:
        raise RejectedMeasurement(
            file, f"cannot be read ({error.strerror})", "Check the path and its rights."
        ) from error
    text = _decoded(file, _unpacked(file, raw))
    if not text.strip():
        raise RejectedMeasurement(file, "the file is empty", "Copy it again, or measure again.")
    # Not splitlines(): form feeds and the like are no line ends of a table.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Text(tuple(lines), text.endswith(("\n", "\r")), hashlib.sha256(raw).hexdigest())


def _unpacked(file: Path, raw: bytes) -> bytes:
    if not raw.startswith(_GZIP):
        return raw
    try:
        return gzip.decompress(raw)
    except (OSError, EOFError, zlib.error) as error:
        raise RejectedMeasurement(file, f"the compressed file is damaged ({error})", "Copy it again.") from error


def _decoded(file: Path, raw: bytes) -> str:
    for magic, what in _BINARY.items():
        if raw.startswith(magic):
            raise RejectedMeasurement(file, f"is {what}, no text", "Save the table as text (CSV) and pass that.")
    encoding = _encoding(raw)
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        # Every byte means something in Windows' code page but for five, which no unit or number uses.
        text = raw.decode("cp1252", errors="replace")
    if "\x00" in text:
        raise RejectedMeasurement(file, "holds zero bytes, so it is no text or damaged", "Copy it again.")
    return text


def _encoding(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    start = raw[:400]
    # Latin letters in UTF-16 without a mark: every other byte is zero.
    if start[1::2].count(0) > 0.8 * max(1, len(start) // 2):
        return "utf-16-le"
    if start[0::2].count(0) > 0.8 * max(1, len(start) // 2):
        return "utf-16-be"
    return "utf-8-sig"
