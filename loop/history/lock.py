"""One writer at a time, by a lock that the operating system releases when its holder dies."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import time
import weakref
from pathlib import Path

from loop.errors import HistoryError, HistoryLockedError
from loop.history.layout import LOCK


class WriterLock:
    """The right to write a history, held until :meth:`release` or the end of the process.

    Parameters
    ----------
    folder
        Of the history.

    Attributes
    ----------
    held
        Whether this process may write; false in a forked child.
    """

    def __init__(self, folder: Path) -> None:
        self.path = folder / LOCK
        try:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise HistoryError(
                f"{self.path}: cannot be written ({error.strerror}). Make the folder writable, or open the "
                "history for reading"
            ) from error
        try:
            _lock(self._descriptor)
        except OSError as error:
            owner = os.pread(self._descriptor, 4096, 0)
            os.close(self._descriptor)
            raise _refusal(self.path, owner) from error
        self.held = True
        _LOCKS.add(self)
        self._describe_owner()

    def _describe_owner(self) -> None:
        owner = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.time()}
        with contextlib.suppress(OSError):  # a full disk: the lock itself holds all the same
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, json.dumps(owner).encode(), 0)

    def release(self) -> None:
        """Let others write; the file stays, since removing it could free two writers at once."""
        self.held = False
        with contextlib.suppress(OSError):
            os.close(self._descriptor)


_LOCKS: weakref.WeakSet[WriterLock] = weakref.WeakSet()


def _forget_locks() -> None:
    """Close what a forked child inherited: it would keep the lock after its parent was killed."""
    for lock in [each for each in _LOCKS if each.held]:
        lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_locks)


def _lock(descriptor: int) -> None:
    import fcntl

    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _refusal(path: Path, description: bytes) -> HistoryLockedError:
    pid, host, since = "unknown", "an unknown host", time.time()
    with contextlib.suppress(ValueError, KeyError, TypeError):
        owner = json.loads(description)
        pid, host, since = str(owner["pid"]), str(owner["host"]), float(owner["since"])
    holder, seconds = f"process {pid} on {host}", max(0.0, time.time() - since)
    return HistoryLockedError(
        f"{path.parent}: is being written by {holder}, for {_duration(seconds)}. Wait for it, or end it: "
        "douka stop ends a douka run or a douka serve after its cycle, douka resume lets it begin again. The lock "
        f"goes with the process, and the file {path.name} need not be deleted",
        holder,
        seconds,
    )


def _duration(seconds: float) -> str:
    for size, unit in ((86400, "days"), (3600, "hours"), (60, "minutes")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} seconds"
