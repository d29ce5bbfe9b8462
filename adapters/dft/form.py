"""What the adapter of one code's output has to provide."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from adapters.dft.calculation import Calculation


@dataclass(frozen=True)
class Form:
    """The output of one code: how to recognise it and how to read it.

    Parameters
    ----------
    name
        What messages call it.
    file_name
        Regular expression of the whole name of its main file.
    signature
        Regular expression (bytes) found near the beginning of its main file, whatever that is called.
    files
        Main file → all files that are read, the main file first.
    read
        Those files → calculation, with the sign of the moment as the code gives it. May raise anything on
        bad input: the caller turns what is no :class:`~adapters.dft.rejected.RejectedCalculation` into one.
    folders
        Subfolders (glob patterns) of a calculation folder in which the code leaves its main file.
    fuller
        This form's main file → the main file of another form that tells more of the same run and is read
        instead; None without one.
    """

    name: str
    file_name: str
    signature: bytes
    files: Callable[[Path], tuple[Path, ...]]
    read: Callable[[tuple[Path, ...]], Calculation]
    folders: tuple[str, ...] = ()
    fuller: Callable[[Path], Path | None] = lambda _: None

    def named(self, file: Path) -> bool:
        """Return whether a file has the name of this form's main file."""
        return re.fullmatch(self.file_name, file.name) is not None

    def signed(self, head: bytes) -> bool:
        """Return whether a file that begins with these bytes has this form."""
        return re.search(self.signature, head) is not None


@dataclass(frozen=True)
class PartialForm:
    """Output that is recognised but that holds too little to be trusted alone.

    Parameters
    ----------
    name, file_name, signature
        As in :class:`Form`.
    lacks
        Why a moment from it cannot be trusted.
    needed
        What to provide instead.
    main
        This file → the main file of a full form that belongs to it and is read instead; None without one.
    inspect
        Raises the rejection of a file that shows by itself that its run failed or has not ended, which is
        more worth knowing than what is missing.
    """

    name: str
    file_name: str
    signature: bytes
    lacks: str
    needed: str
    main: Callable[[Path], Path | None] = lambda _: None
    inspect: Callable[[Path], object] = lambda _: None

    def matches(self, file: Path, head: bytes) -> bool:
        """Return whether a file has this form by its name or by its first bytes."""
        return bool(re.fullmatch(self.file_name, file.name) or re.search(self.signature, head))
