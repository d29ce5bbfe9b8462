"""Where a value comes from."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass


def content_key(*parts: str | float | None) -> str:
    """Give the same content the same key, whatever file or folder it was found in.

    Parameters
    ----------
    parts
        What makes the content what it is, in a fixed order.

    Returns
    -------
    str
        The first 16 hexadecimal digits of the SHA-256 of the parts.
    """
    text = json.dumps(parts, ensure_ascii=False, allow_nan=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where a value comes from, down to the line of a file.

    Parameters
    ----------
    key
        Identity of the content: two values with one key are the same fact read twice.
    adapter
        The slot of the campaign that handed it over.
    distribution, version
        The installed package that provides the adapter.
    file, file_sha256, locator
        The file, the SHA-256 of its bytes, and the place in it (``line 12``).
    laboratory, person, sample, citation, note
        As far as they are known; empty otherwise.
    """

    key: str
    adapter: str
    distribution: str = ""
    version: str = ""
    file: str = ""
    file_sha256: str = ""
    locator: str = ""
    laboratory: str = ""
    person: str = ""
    sample: str = ""
    citation: str = ""
    note: str = ""
