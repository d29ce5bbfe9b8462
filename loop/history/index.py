"""The index: what can be said of a history without opening a cycle file. Derived, and rebuilt when in doubt.

A SQLite database in write-ahead mode. It is always the index of the first so many cycles: what comes after them
is read from the cycle files, and anything else that does not fit makes it be built anew.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from loop.errors import HistoryError
from loop.history.layout import INDEX
from loop.records import CycleRecord

Read = Callable[[int], CycleRecord]

_VERSION = 1
_TABLES = """
CREATE TABLE cycle (
    number INTEGER PRIMARY KEY, damaged INTEGER, observations INTEGER, quarantined INTEGER,
    summary TEXT, facts TEXT
);
CREATE TABLE request (
    id TEXT PRIMARY KEY, cycle INTEGER, source TEXT, adapter TEXT, target TEXT, label TEXT, cost REAL,
    status TEXT, changed INTEGER, note TEXT
);
"""


def open_for_writing(folder: Path, numbers: Sequence[int], read: Read) -> sqlite3.Connection | None:
    """Open the index and bring it up to date.

    Parameters
    ----------
    folder
        Of the history, with its writer lock held.
    numbers
        The sealed cycles.
    read
        Reads one of them.

    Returns
    -------
    sqlite3.Connection or None
        None where there can be no index, for example on a full disk; a history does without.
    """
    for _ in range(2):
        try:
            return _updated(_connected(folder), numbers, read)
        except sqlite3.Error:
            with contextlib.suppress(OSError):
                remove(folder)
    return None


def open_for_reading(folder: Path, numbers: Sequence[int], read: Read) -> sqlite3.Connection:
    """Copy the index into memory and bring the copy up to date.

    Parameters
    ----------
    folder, numbers, read
        As for :func:`open_for_writing`.

    Returns
    -------
    sqlite3.Connection
        Nothing in the folder is changed.
    """
    memory = _copied(folder)
    try:
        return _updated(memory, numbers, read)
    except sqlite3.Error:
        return _updated(sqlite3.connect(":memory:"), numbers, read)


def _copied(folder: Path) -> sqlite3.Connection:
    """Read the index as it stands; `immutable` is for a folder where SQLite cannot make its shared memory."""
    for query in ("mode=ro", "mode=ro&immutable=1"):
        memory = sqlite3.connect(":memory:")
        uri = f"{(folder / INDEX).absolute().as_uri()}?{query}"
        try:
            with contextlib.closing(sqlite3.connect(uri, uri=True)) as source:
                source.backup(memory)
        except sqlite3.Error:
            memory.close()
        else:
            return memory
    return sqlite3.connect(":memory:")


def recorded(folder: Path) -> list[int]:
    """List the cycles that the index on the disk knows, whether their files are there or not.

    Parameters
    ----------
    folder
        Of the history.

    Returns
    -------
    list of int
        Ascending; empty where there is no usable index.
    """
    with contextlib.closing(_copied(folder)) as copy, contextlib.suppress(sqlite3.Error):
        return [number for (number,) in copy.execute("SELECT number FROM cycle ORDER BY number")]
    return []


def remove(folder: Path) -> None:
    """Delete the index; nothing is lost by it.

    Parameters
    ----------
    folder
        Of the history.
    """
    for suffix in ("", "-wal", "-shm"):
        (folder / f"{INDEX}{suffix}").unlink(missing_ok=True)


def _connected(folder: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(folder / INDEX, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        if connection.execute("PRAGMA quick_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("damaged")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _updated(connection: sqlite3.Connection, numbers: Sequence[int], read: Read) -> sqlite3.Connection:
    try:
        done = _usable(connection, numbers)
        if done is None:
            _clear(connection)
        with connection:
            for number in numbers[done or 0 :]:
                _add_file(connection, number, read)
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _usable(connection: sqlite3.Connection, numbers: Sequence[int]) -> int | None:
    """Count the cycles that are indexed rightly, or None where the index must be built anew."""
    if connection.execute("PRAGMA user_version").fetchone() != (_VERSION,):
        return None
    indexed = [number for (number,) in connection.execute("SELECT number FROM cycle ORDER BY number")]
    (damaged,) = connection.execute("SELECT count(*) FROM cycle WHERE damaged").fetchone()
    return None if damaged or indexed != list(numbers[: len(indexed)]) else len(indexed)


def _clear(connection: sqlite3.Connection) -> None:
    for table in ("cycle", "request"):
        connection.execute(f"DROP TABLE IF EXISTS {table}")
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version={_VERSION}")


def _add_file(connection: sqlite3.Connection, number: int, read: Read) -> None:
    try:
        _insert(connection, read(number))
    except HistoryError:
        connection.execute("INSERT INTO cycle VALUES (?, 1, 0, 0, '{}', '{}')", (number,))


def add(connection: sqlite3.Connection, record: CycleRecord) -> None:
    """Index the cycle that was just sealed.

    Parameters
    ----------
    connection
        Of :func:`open_for_writing`.
    record
        What was sealed.
    """
    with connection:
        _insert(connection, record)


def _insert(connection: sqlite3.Connection, record: CycleRecord) -> None:
    number = record.number
    counts = (len(record.observations), len(record.quarantined))
    texts = (json.dumps(dict(record.summary)), json.dumps(dict(record.facts)))
    connection.execute("INSERT INTO cycle VALUES (?, 0, ?, ?, ?, ?)", (number, *counts, *texts))
    connection.executemany(
        "UPDATE request SET status = ?, changed = ?, note = ? WHERE id = ?",
        [(_text(each.status), number, _text(each.note), _text(each.request_id)) for each in record.changes],
    )
    connection.executemany(
        "INSERT OR REPLACE INTO request VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, '')",
        [
            (
                *map(_text, (each.id, each.cycle, each.source, each.adapter, each.target, each.label)),
                each.cost,
                _text(each.status),
                number,
            )
            for each in record.requests
        ],
    )


def _text(value: Any) -> Any:
    """Give SQLite a text without what it cannot encode; the index is for showing."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
