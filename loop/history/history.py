"""A history: the sealed cycles of one campaign."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Literal, Self

from loop.errors import HistoryError
from loop.history import index as _index
from loop.history import opening
from loop.history.cycle_file import encode, read_chain, read_cycle
from loop.history.digest import FIRST, chained
from loop.history.durable import write_durably
from loop.history.filesystem import Network
from loop.history.header import Header
from loop.history.header_file import read_header, write_header
from loop.history.layout import cycle_numbers, cycle_path, header_revisions
from loop.history.lock import WriterLock
from loop.history.views import Views
from loop.records import CycleRecord

Mode = Literal["r", "a"]


class History(Views):
    """The sealed cycles of one campaign. Made by :meth:`create` or :meth:`open`; a context manager.

    Parameters
    ----------
    path
        The folder.
    lock
        The writer lock, or None for reading.
    """

    def __init__(self, path: Path, lock: WriterLock | None) -> None:
        self.path = path
        self._lock = lock
        self._headers = tuple(read_header(path, revision) for revision in header_revisions(path))
        self._cycles = cycle_numbers(path)
        self._digest: str | None = None
        self._failed = False
        self._thread = threading.Lock()
        self._written_index: sqlite3.Connection | None = None
        if lock is not None:
            self._written_index = _index.open_for_writing(path, self._cycles, self.read)

    @classmethod
    def exists(cls, path: str | Path) -> bool:
        """Whether a folder holds a history.

        Parameters
        ----------
        path
            The folder.

        Returns
        -------
        bool
            True as soon as a header is sealed in it.
        """
        return bool(header_revisions(Path(path)))

    @classmethod
    def create(cls, path: str | Path, header: Header, *, network: Network = "refuse") -> Self:
        """Begin a history.

        Parameters
        ----------
        path
            A folder that holds no history yet.
        header
            What it is about; sealed at once.
        network
            What to do about a network file system, where no lock can be relied on.

        Returns
        -------
        History
            Open for writing.
        """
        folder = Path(path)
        with opening.locked(folder, network) as lock:
            opening.begin(folder)
            write_header(folder, replace(header, revision=0, since=0))
            return cls(folder, lock)

    @classmethod
    def open(cls, path: str | Path, mode: Mode = "r", *, network: Network = "refuse") -> Self:
        """Open a history.

        Parameters
        ----------
        path
            Its folder.
        mode
            ``"r"`` reads what is sealed now, whoever writes; ``"a"`` takes the writer lock and may append.
        network
            What to do about a network file system when writing.

        Returns
        -------
        History
            To be closed, or used in a ``with`` statement.
        """
        folder = Path(path)
        if not cls.exists(folder):
            raise HistoryError(f"{folder}: found no history, expected a folder with `headers/header_0000.h5`")
        if mode == "r":
            return cls(folder, None)
        with opening.locked(folder, network) as lock:
            opening.settle(folder)
            return cls(folder, lock)

    def close(self) -> None:
        """Release the writer lock and the index."""
        if self._written_index is not None:
            self._written_index.close()
            self._written_index = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def header(self) -> Header:
        """The campaign as it is now."""
        return self._headers[-1]

    @property
    def headers(self) -> tuple[Header, ...]:
        """The campaign as it was and is, oldest first."""
        return self._headers

    def header_at(self, number: int) -> Header:
        """Give the header that holds for a cycle.

        Parameters
        ----------
        number
            Of the cycle.

        Returns
        -------
        Header
            The newest with ``since`` up to that cycle.
        """
        return [header for header in self._headers if header.since <= number][-1]

    @property
    def cycles(self) -> tuple[int, ...]:
        """Numbers of the sealed cycles, ascending."""
        return tuple(self._cycles)

    @property
    def next_number(self) -> int:
        """Number of the cycle that comes next."""
        return self._cycles[-1] + 1 if self._cycles else 0

    def read(self, number: int, *, arrays: str = "") -> CycleRecord:
        """Read one cycle.

        Parameters
        ----------
        number
            Negative ones count from the end.
        arrays
            Only arrays whose names begin so; all by default. They are most of a cycle.

        Returns
        -------
        CycleRecord
            Exactly as it was appended. A file that is not as it was sealed raises
            :class:`~loop.errors.DamagedCycleError`.
        """
        wanted = number if number >= 0 else self.next_number + number
        return read_cycle(cycle_path(self.path, wanted), wanted, arrays)

    def append(self, record: CycleRecord) -> Path:
        """Seal the next cycle. When this returns, the record outlasts a power failure.

        Parameters
        ----------
        record
            Its number must be :attr:`next_number`.

        Returns
        -------
        pathlib.Path
            The sealed file.
        """
        with self._thread:
            self._require_next(record.number)
            path, previous = cycle_path(self.path, record.number), self._last_digest()
            content, digest = encode(record, self.header, previous)
            self._failed = True
            write_durably(path, content)
            self._failed = False
            self._cycles.append(record.number)
            self._digest = digest
            self._add_to_index(record)
            return path

    def _require_next(self, number: int) -> None:
        self._require_writer()
        if number != self.next_number:
            raise HistoryError(
                f"{self.path}: found cycle {number} to append, expected cycle {self.next_number}. "
                "Fold the history again and go on from there"
            )

    def _add_to_index(self, record: CycleRecord) -> None:
        try:
            if self._written_index is not None:
                _index.add(self._written_index, record)
        except sqlite3.Error:
            # The record is sealed; the index is brought up to date when the history is opened next.
            self._written_index.close()  # type: ignore[union-attr]  # not None, or nothing was raised
            self._written_index = None

    def amend(self, header: Header, reason: str) -> Header:
        """Seal a changed campaign that holds from the next cycle on.

        Parameters
        ----------
        header
            The campaign as it is now.
        reason
            Why it changed.

        Returns
        -------
        Header
            As sealed, with its revision and first cycle.
        """
        self._require_writer()
        revised = replace(header, revision=len(self._headers), since=self.next_number, reason=reason)
        write_header(self.path, revised)
        self._headers = (*self._headers, revised)
        return revised

    def _require_writer(self) -> None:
        if self._lock is None or not self._lock.held:
            raise HistoryError(f'{self.path}: is not open for writing here. Open it with mode "a" to write')
        if self._failed:
            raise HistoryError(f"{self.path}: a cycle could not be sealed before. Open the history again to go on")

    def digest_after(self, number: int) -> str:
        """Digest of the history up to a cycle, as that cycle's file says it.

        Parameters
        ----------
        number
            Of a cycle that is sealed.
        """
        return chained(*read_chain(cycle_path(self.path, number)))

    def _last_digest(self) -> str:
        if self._digest is None:
            self._digest = self.digest_after(self._cycles[-1]) if self._cycles else FIRST
        return self._digest

    @contextmanager
    def index(self) -> Iterator[sqlite3.Connection]:
        """Give an index that is up to date; nobody appends meanwhile."""
        with self._thread:
            if self._written_index is not None:
                yield self._written_index
                return
            with contextlib.closing(_index.open_for_reading(self.path, self._cycles, self.read)) as copy:
                yield copy
