"""One supervisor a station, and one station an instrument: locks that the system releases when a holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from pathlib import Path
from types import TracebackType

_LOOK_SECONDS = 0.05
_NAME = "supervisor.lock"


class StationLock(AbstractContextManager["StationLock"]):
    """The right to act for a station, or to use an instrument.

    Parameters
    ----------
    file
        That is locked; made if it does not exist.
    patience
        Seconds to wait for it.

    Raises
    ------
    BlockingIOError
        Where another process has it all that time.
    """

    def __init__(self, file: Path, patience: float = 0.0) -> None:
        self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._is_signed = False
        end = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= end:
                    os.close(self._descriptor)
                    raise
                time.sleep(_LOOK_SECONDS)
            else:
                return

    def sign(self, holder: str) -> None:
        """Write into the file whose it is, for people, as long as it is."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, holder.encode(), 0)
        self._is_signed = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let others act."""
        if self._is_signed:
            os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def supervision(folder: Path, patience: float = 0.0) -> StationLock:
    """The right to act for the station of a folder.

    Raises
    ------
    BlockingIOError
        Where another process has it for so many seconds.
    """
    return StationLock(folder / _NAME, patience)


def borrowed(file: str, is_given_up: Callable[[], bool], station: Path) -> AbstractContextManager[object] | None:
    """Wait for an instrument that several campaigns use.

    Parameters
    ----------
    file
        The instrument's lock; an instrument without one is had at once. Whose it is stands in it.
    is_given_up
        Asked meanwhile.
    station
        Folder of the station that wants it.

    Returns
    -------
    context manager or None
        Gives the instrument back; None where the wait was given up.
    """
    if not file:
        return nullcontext()
    while not is_given_up():
        with suppress(BlockingIOError):
            lock = StationLock(Path(file), 10 * _LOOK_SECONDS)
            lock.sign(str(station))
            return lock
    return None


def user_of(file: str) -> str:
    """Folder of the station that uses an instrument now; empty where none does, or where it has not said so.

    Parameters
    ----------
    file
        The instrument's lock; may be empty.
    """
    if not file:
        return ""
    try:
        with StationLock(Path(file)):
            return ""
    except BlockingIOError:
        return Path(file).read_text(encoding="utf-8")


def is_free(folder: Path) -> bool:
    """Whether nobody acts for a station."""
    try:
        with supervision(folder):
            return True
    except BlockingIOError:
        return False
