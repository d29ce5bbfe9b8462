"""One supervisor a station, by a lock that the operating system releases when its holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType

_LOOK_SECONDS = 0.05


class StationLock(AbstractContextManager["StationLock"]):
    """The right to act for a station.

    Parameters
    ----------
    folder
        Of the station.
    patience
        Seconds to wait for it.

    Raises
    ------
    BlockingIOError
        Where another process has it all that time.
    """

    def __init__(self, folder: Path, patience: float = 0.0) -> None:
        self._descriptor = os.open(folder / "supervisor.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let others act."""
        os.close(self._descriptor)


def is_free(folder: Path) -> bool:
    """Whether nobody acts for a station."""
    try:
        with StationLock(folder):
            return True
    except BlockingIOError:
        return False
