"""What can be said of a history by reading it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from loop.errors import DamagedCycleError
from loop.history import frames
from loop.history.digest import FIRST, chained, record_digest
from loop.history.export import export_csv, export_hdf5
from loop.history.master import write_master
from loop.history.overview import Overview, overview, progress
from loop.history.verify import Verification, verify
from loop.records import CycleRecord

if TYPE_CHECKING:
    import sqlite3

    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from loop.history.header import Header


class Views(ABC):
    """The tables, figures and checks of whatever can read its cycles one by one."""

    path: Path

    @property
    @abstractmethod
    def header(self) -> Header:
        """The campaign as it is now."""

    @abstractmethod
    def header_at(self, number: int) -> Header:
        """Give the header that holds for a cycle."""

    @property
    @abstractmethod
    def cycles(self) -> tuple[int, ...]:
        """Numbers of the sealed cycles, ascending."""

    @abstractmethod
    def read(self, number: int) -> CycleRecord:
        """Read one cycle."""

    @abstractmethod
    def index(self) -> AbstractContextManager[sqlite3.Connection]:
        """Give an index that is up to date."""

    def records(self, *, skip_damaged: bool = False, since: int = 0) -> Iterator[CycleRecord]:
        """Read all cycles in order.

        Parameters
        ----------
        skip_damaged
            Leave out what is damaged or missing instead of raising.
        since
            Number of the first that is read.

        Yields
        ------
        CycleRecord
            From that one on.
        """
        for number in range(since, self.cycles[-1] + 1 if self.cycles else 0):
            try:
                yield self.read(number)
            except DamagedCycleError:
                if not skip_damaged:
                    raise

    def digest(self) -> str:
        """Fingerprint all records except their facts.

        Returns
        -------
        str
            SHA-256 in hexadecimal; the same for two equal runs, on whatever machine and at whatever time.
        """
        digest = FIRST
        for record in self.records():
            digest = chained(digest, record_digest(record))
        return digest

    def observations(self, *, skip_damaged: bool = False) -> pd.DataFrame:
        """Tabulate what was admitted; see :func:`loop.history.frames.observations`."""
        return frames.observations(self.records(skip_damaged=skip_damaged), self.header_at)

    def requests(self, *, skip_damaged: bool = False) -> pd.DataFrame:
        """Tabulate what was asked, with its present status; see :func:`loop.history.frames.requests`."""
        return frames.requests(self.records(skip_damaged=skip_damaged), self.header_at)

    def changes(self, *, skip_damaged: bool = False) -> pd.DataFrame:
        """Tabulate every step of every request; see :func:`loop.history.frames.changes`."""
        return frames.changes(self.records(skip_damaged=skip_damaged))

    def quarantine(self, *, skip_damaged: bool = False) -> pd.DataFrame:
        """Tabulate what was not believed; see :func:`loop.history.frames.quarantine`."""
        return frames.quarantine(self.records(skip_damaged=skip_damaged), self.header_at)

    def verify(self) -> Verification:
        """Read every file and check it; see :func:`loop.history.verify.verify`."""
        return verify(self.path, self.cycles)

    def overview(self) -> Overview:
        """Say how the history stands, from the index alone; see :class:`loop.history.overview.Overview`."""
        with self.index() as connection:
            return overview(connection)

    def progress(self) -> dict[str, npt.NDArray[np.float64]]:
        """Give the numbers of all summaries by cycle; see :func:`loop.history.overview.progress`."""
        with self.index() as connection:
            return progress(connection)

    def write_master(self) -> Path:
        """Build ``campaign.nxs`` anew, which shows the history in a NeXus viewer, and give its path."""
        return write_master(self.path, self.header, self.cycles, self.progress())

    def export_hdf5(self, target: str | Path) -> Path:
        """Pack everything into one HDF5 file; see :func:`loop.history.export.export_hdf5`."""
        return export_hdf5(self.path, self.header, self.cycles, self.progress(), Path(target))

    def export_csv(self, target: str | Path) -> list[Path]:
        """Write all tables as CSV into a folder; see :func:`loop.history.export.export_csv`."""
        import pandas as pd

        tables = {
            "observations": self.observations(),
            "requests": self.requests(),
            "changes": self.changes(),
            "quarantine": self.quarantine(),
            "progress": pd.DataFrame(self.progress()),
        }
        return export_csv(tables, self.header, Path(target))
