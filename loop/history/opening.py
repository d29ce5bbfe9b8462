"""What is done to the folder of a history before anyone writes into it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loop.errors import HistoryError
from loop.history import filesystem, index
from loop.history.durable import make_folder, remove_orphans, sync_folder
from loop.history.header_file import mend_header
from loop.history.layout import CYCLES, HEADERS, INDEX, cycle_numbers, cycle_path, header_revisions
from loop.history.lock import WriterLock


@contextmanager
def locked(folder: Path, network: filesystem.Network) -> Iterator[WriterLock]:
    """Take the writer lock; it is released again only if what follows fails.

    Parameters
    ----------
    folder
        Made if it does not exist.
    network
        What to do about a network file system.

    Yields
    ------
    WriterLock
        Held.
    """
    filesystem.check(folder, network)
    try:
        make_folder(folder.absolute())
    except OSError as error:
        raise HistoryError(f"{folder}: cannot be made ({error.strerror}). Choose another folder") from error
    lock = WriterLock(folder)
    try:
        yield lock
    except BaseException:
        lock.release()
        raise


def begin(folder: Path) -> None:
    """Prepare a folder for its first header.

    Parameters
    ----------
    folder
        With its writer lock held.
    """
    if header_revisions(folder):
        raise HistoryError(f"{folder}: holds a history already. Open it, or choose another folder")
    remove_orphans(folder)
    make_folder(folder / CYCLES)


def settle(folder: Path) -> None:
    """Make durable what a killed writer left, before anyone acts on it, and remove its temporaries.

    Parameters
    ----------
    folder
        Of a history, with its writer lock held.
    """
    remove_orphans(folder)
    for revision in header_revisions(folder):
        mend_header(folder, revision)
    numbers = cycle_numbers(folder)
    _refuse_lost_cycles(folder, numbers)
    last = [cycle_path(folder, numbers[-1]).parent] if numbers else []
    headers = (folder / HEADERS / "copies", folder / HEADERS)
    for each in (*last, folder / CYCLES, *headers, folder, folder.absolute().parent):
        if each.is_dir():
            sync_folder(each)


def _refuse_lost_cycles(folder: Path, numbers: list[int]) -> None:
    """Never seal a number twice: the requests of the lost cycle may have been acted on."""
    last = numbers[-1] if numbers else -1
    lost = [number for number in index.recorded(folder) if number > last]
    if lost:
        raise HistoryError(
            f"{folder}: cycles {lost[0]} to {lost[-1]} were sealed, but their files are gone. Put "
            f"{cycle_path(folder, lost[0])} and those after it back from a copy; or, to go on without them "
            f"and perhaps ask for the same again, delete {INDEX} and run again"
        )
