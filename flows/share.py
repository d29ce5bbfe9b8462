"""Who uses a server with pages: it lives as long as anybody does, whoever started it."""

from __future__ import annotations

import os
from pathlib import Path

FILE = "server.users"


class Share:
    """A share in the server of a folder, given back by :meth:`release` or by the end of this process.

    A lock that many hold at once, released by the operating system however its holders end. Waits for a server that is
    ending, some seconds at most.

    Parameters
    ----------
    home
        Folder of the server.
    """

    def __init__(self, home: Path) -> None:
        import fcntl

        self._descriptor = _opened(home)
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def release(self) -> bool:
        """Give it back; say whether nobody has one now."""
        try:
            return _takes(self._descriptor, shared=False)
        finally:
            os.close(self._descriptor)


def is_shared(home: Path) -> bool:
    """Whether anybody has a share; not of a server that is ending, and lets nobody have one."""
    descriptor = _opened(home)
    try:
        return _takes(descriptor, shared=True) and not _takes(descriptor, shared=False)
    finally:
        os.close(descriptor)


def _takes(descriptor: int, *, shared: bool) -> bool:
    import fcntl

    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def wait_until_unused(home: Path) -> None:
    """Return once nobody has a share, and let nobody have one until this process ends."""
    import fcntl

    fcntl.flock(_opened(home), fcntl.LOCK_EX)


def _opened(home: Path) -> int:
    return os.open(home / FILE, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
