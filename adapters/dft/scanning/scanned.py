"""What a scan of a folder tree found."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from adapters.dft.calculation import Calculation
    from adapters.dft.rejected import RejectedCalculation


@dataclass(frozen=True)
class Scanned:
    """The calculations of a tree.

    Parameters
    ----------
    folder
        Where it was looked.
    accepted, rejected
        In the order of their paths.
    waiting
        Folders in which something changed a moment ago: they are read another time.
    others
        Folders that hold files, but no output of a known code.
    read, unchanged
        Folders that were read, and those that were known from before.
    """

    folder: Path
    accepted: tuple[Calculation, ...]
    rejected: tuple[RejectedCalculation, ...]
    waiting: tuple[Path, ...]
    others: int
    read: int
    unchanged: int
