"""What was read before: one row a folder, in a SQLite file that can be deleted at any time."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterable
from contextlib import AbstractContextManager
from importlib.metadata import version
from pathlib import Path
from types import TracebackType

from adapters.dft.scanning.outcome import Outcome, from_text, to_text
from adapters.dft.scanning.unit import Unit
from loop.errors import DataError

READER = 1
"""Raise it when the readers would say something else of the same files."""

_TABLES = """
CREATE TABLE IF NOT EXISTS reader (version TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS folders (path TEXT PRIMARY KEY, stamp TEXT NOT NULL, outcomes TEXT NOT NULL);
"""


class ScanIndex(AbstractContextManager["ScanIndex"]):
    """The index of one tree.

    What another version of the readers wrote, and what is damaged, is forgotten.

    Parameters
    ----------
    file
        The SQLite file; made with its folder if it is not there.

    Raises
    ------
    DataError
        It cannot be made there.
    """

    def __init__(self, file: Path) -> None:
        self._version = f"{version('douka')}/{READER}"
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._database = self._opened(file)
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):
                    raise
                file.unlink()
                self._database = self._opened(file)
        except (OSError, sqlite3.Error) as error:
            raise DataError(f"{file}: the index of the scan cannot be written there ({error}); name another") from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Keep what is known so far, whatever happened."""
        self._database.commit()
        self._database.close()

    @property
    def is_empty(self) -> bool:
        """Whether nothing is remembered."""
        return self._database.execute("SELECT 1 FROM folders LIMIT 1").fetchone() is None

    def known(self, unit: Unit) -> list[Outcome] | None:
        """Return what was read of a folder; None if that was never, or the folder has changed."""
        row = self._database.execute("SELECT stamp, outcomes FROM folders WHERE path = ?", (str(unit.path),)).fetchone()
        if row is None or row[0] != unit.stamp:
            return None
        with contextlib.suppress(ValueError, KeyError, TypeError):
            return from_text(row[1])
        return None

    def keep(self, unit: Unit, outcomes: list[Outcome]) -> None:
        """Remember what was read of a folder."""
        row = (str(unit.path), unit.stamp, to_text(outcomes))
        self._database.execute("INSERT OR REPLACE INTO folders VALUES (?, ?, ?)", row)
        self._database.commit()

    def forget_others(self, units: Iterable[Unit]) -> None:
        """Drop the folders that are not there any more."""
        here = {str(unit.path) for unit in units}
        gone = [row for row in self._database.execute("SELECT path FROM folders") if row[0] not in here]
        self._database.executemany("DELETE FROM folders WHERE path = ?", gone)

    def _opened(self, file: Path) -> sqlite3.Connection:
        database = sqlite3.connect(file)
        try:
            # The index is a cache: it may be lost with the machine, but not slow the scan down.
            database.execute("PRAGMA synchronous = OFF")
            database.executescript(_TABLES)
            if database.execute("SELECT version FROM reader").fetchone() != (self._version,):
                database.execute("DELETE FROM folders")
                database.execute("DELETE FROM reader")
                database.execute("INSERT INTO reader VALUES (?)", (self._version,))
            database.commit()
        except sqlite3.Error:
            database.close()
            raise
        return database
