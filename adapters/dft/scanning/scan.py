"""Scan a tree of calculation folders."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from adapters.dft.calculation import Calculation
from adapters.dft.rejected import NoCalculation, RejectedCalculation, StillGrowing
from adapters.dft.scanning.index import ScanIndex
from adapters.dft.scanning.outcome import Outcome
from adapters.dft.scanning.parallel import read_all
from adapters.dft.scanning.scanned import Scanned
from adapters.dft.scanning.unit import units_below
from loop.errors import DataError

Progress = Callable[[int, int], None]


def scan(
    folder: Path,
    *,
    index: Path | None = None,
    workers: int | None = None,
    quiet_seconds: float = 10.0,
    progress: Progress = lambda _done, _total: None,
) -> Scanned:
    """Read every calculation in a folder tree; unchanged folders are not read again.

    Parameters
    ----------
    folder
        Top of the tree. Every folder in it is looked at; hidden ones are passed over.
    index
        SQLite file that remembers what was read; one for each tree in the user's cache if not given.
    workers
        Processes that read; one a core if not given.
    quiet_seconds
        A folder waits until nothing in it has changed for this long.
    progress
        Told now and then how many of how many folders are done.

    Raises
    ------
    DataError
        The folder cannot be listed, or the index cannot be written.
    """
    folder = folder.resolve()
    try:
        units = units_below(folder)
    except OSError as error:
        raise DataError(f"{folder}: cannot be scanned ({error.strerror}); expected a folder of calculations") from error
    now = time.time()
    quiet = [unit for unit in units if now - unit.changed >= quiet_seconds]
    with ScanIndex(index or default_index(folder)) as kept:
        kept.forget_others(units)
        found = {unit.path: outcomes for unit in quiet if (outcomes := kept.known(unit)) is not None}
        unknown = [unit for unit in quiet if unit.path not in found]
        progress(len(found), len(quiet))
        for unit, outcomes in read_all(unknown, workers or os.cpu_count() or 1):
            found[unit.path] = outcomes
            if not any(isinstance(outcome, StillGrowing) for outcome in outcomes):
                kept.keep(unit, outcomes)
            progress(len(found), len(quiet))
    waiting = [unit.path for unit in units if unit.path not in found]
    return _summed(folder, found, waiting, len(unknown))


def default_index(folder: Path) -> Path:
    """Return where the index of a tree is kept: in the user's cache, under a name made of the tree's path."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    return cache / "douka" / "scans" / f"{name}.sqlite"


def _summed(folder: Path, found: dict[Path, list[Outcome]], waiting: list[Path], read: int) -> Scanned:
    outcomes = _distinct(outcome for path in sorted(found) for outcome in found[path])
    rejected = [one for one in outcomes if isinstance(one, RejectedCalculation)]
    growing = [Path(one.file).parent for one in rejected if isinstance(one, StillGrowing)]
    return Scanned(
        folder=folder,
        accepted=tuple(one for one in outcomes if isinstance(one, Calculation)),
        rejected=tuple(one for one in rejected if not isinstance(one, NoCalculation | StillGrowing)),
        waiting=tuple(sorted({*waiting, *growing})),
        others=sum(isinstance(one, NoCalculation) for one in rejected),
        read=read,
        unchanged=len(found) - read,
    )


def _distinct(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Drop what was met twice: a code's file in a subfolder belongs to the folder above as well."""
    seen: dict[tuple[str | float, ...], Outcome] = {}
    for outcome in outcomes:
        if isinstance(outcome, Calculation):
            seen.setdefault((outcome.path, outcome.formula, outcome.moment_per_cell, outcome.volume), outcome)
        else:
            seen.setdefault((type(outcome).__name__, outcome.file, outcome.reason), outcome)
    return list(seen.values())
