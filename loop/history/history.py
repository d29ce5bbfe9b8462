"""A history: the sealed cycles of one campaign."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from loop.errors import DamagedCycleError, HistoryError
from loop.history import frames
from loop.history.cycle_file import encode, read_chain, read_cycle
from loop.history.digest import FIRST, chained, record_digest
from loop.history.durable import make_folder, remove_orphans, sync_folder, write_durably
from loop.history.header import Header
from loop.history.header_file import damaged_headers, mend_header, read_header, write_header
from loop.history.layout import CYCLES, cycle_numbers, cycle_path, header_revisions
from loop.history.lock import WriterLock
from loop.history.verify import Verification
from loop.records import CycleRecord

if TYPE_CHECKING:
    import pandas as pd

Mode = Literal["r", "a"]


class History:
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
        self._thread = threading.Lock()

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
    def create(cls, path: str | Path, header: Header) -> Self:
        """Begin a history.

        Parameters
        ----------
        path
            A folder that holds no history yet.
        header
            What it is about; sealed at once.

        Returns
        -------
        History
            Open for writing.
        """
        folder = Path(path)
        _make(folder)
        lock = WriterLock(folder)
        try:
            _refuse_history(folder)
            remove_orphans(folder)
            make_folder(folder / CYCLES)
            write_header(folder, replace(header, revision=0, since=0))
            return cls(folder, lock)
        except BaseException:
            lock.release()
            raise

    @classmethod
    def open(cls, path: str | Path, mode: Mode = "r") -> Self:
        """Open a history.

        Parameters
        ----------
        path
            Its folder.
        mode
            ``"r"`` reads what is sealed now, whoever writes; ``"a"`` takes the writer lock and may append.

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
        lock = WriterLock(folder)
        try:
            _settle(folder)
            return cls(folder, lock)
        except BaseException:
            lock.release()
            raise

    def close(self) -> None:
        """Release the writer lock."""
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

    def __len__(self) -> int:
        return len(self._cycles)

    def read(self, number: int) -> CycleRecord:
        """Read one cycle.

        Parameters
        ----------
        number
            Negative ones count from the end.

        Returns
        -------
        CycleRecord
            Exactly as it was appended. A file that is not as it was sealed raises
            :class:`~loop.errors.DamagedCycleError`.
        """
        wanted = number if number >= 0 else self.next_number + number
        return read_cycle(cycle_path(self.path, wanted), wanted)

    def records(self, *, skip_damaged: bool = False) -> Iterator[CycleRecord]:
        """Read all cycles in order.

        Parameters
        ----------
        skip_damaged
            Leave out what is damaged or missing instead of raising.

        Yields
        ------
        CycleRecord
            From cycle 0 on.
        """
        for number in range(self.next_number):
            try:
                yield self.read(number)
            except DamagedCycleError:
                if not skip_damaged:
                    raise

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
        self._require_writer()
        with self._thread:
            if record.number != self.next_number:
                raise HistoryError(
                    f"{self.path}: found cycle {record.number} to append, expected cycle {self.next_number}. "
                    "Fold the history again and go on from there"
                )
            path = cycle_path(self.path, record.number)
            previous = self._last_digest()
            write_durably(path, encode(record, self.header, previous))
            self._cycles.append(record.number)
            self._digest = chained(previous, record_digest(record))
            return path

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
        if self._lock is None:
            raise HistoryError(f'{self.path}: is open for reading. Open it with mode "a" to write')

    def _last_digest(self) -> str:
        if self._digest is None:
            self._digest = FIRST
            if self._cycles:
                self._digest = chained(*read_chain(cycle_path(self.path, self._cycles[-1])))
        return self._digest

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

    def quarantine(self, *, skip_damaged: bool = False) -> pd.DataFrame:
        """Tabulate what was not believed; see :func:`loop.history.frames.quarantine`."""
        return frames.quarantine(self.records(skip_damaged=skip_damaged), self.header_at)

    def verify(self) -> Verification:
        """Read every file and check it against its seal, its digest and the cycle before it.

        Returns
        -------
        Verification
            What is damaged or missing.
        """
        whole, damaged, missing = [], {}, []
        for number in range(self.next_number):
            path = cycle_path(self.path, number)
            try:
                record = self.read(number)
                if record_digest(record) != read_chain(path)[1]:
                    raise DamagedCycleError(f"{path}: what is read is not what was sealed")
                whole.append(number)
            except HistoryError as error:
                if path.exists():
                    damaged[number] = str(error)
                else:
                    missing.append(number)
        headers = {
            path: text
            for each in self._headers
            for path, text in damaged_headers(self.path, each.revision).items()
        }
        return Verification(whole=tuple(whole), damaged=damaged, missing=tuple(missing), headers=headers)


def _make(folder: Path) -> None:
    try:
        make_folder(folder.absolute())
    except OSError as error:
        raise HistoryError(f"{folder}: cannot be made ({error.strerror}). Choose another folder") from error


def _refuse_history(folder: Path) -> None:
    if header_revisions(folder):
        raise HistoryError(f"{folder}: holds a history already. Open it, or choose another folder")


def _settle(folder: Path) -> None:
    """Make what a killed writer left durable before anyone acts on it, and remove its temporaries."""
    remove_orphans(folder)
    for revision in header_revisions(folder):
        mend_header(folder, revision)
    numbers = cycle_numbers(folder)
    last = [cycle_path(folder, numbers[-1]).parent] if numbers else []
    for each in (*last, folder / CYCLES, folder, folder.absolute().parent):
        if each.is_dir():
            sync_folder(each)
