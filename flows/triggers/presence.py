"""Who serves a campaign: a lock that the operating system releases when its holder dies."""

from __future__ import annotations

import json
import os
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from types import TracebackType

from flows.errors import ServedError
from loop.errors import HistoryError

LOCK = "serving.lock"


class Presence(AbstractContextManager["Presence"]):
    """The right to serve a campaign into a history, as long as the context lasts.

    Parameters
    ----------
    history
        Folder of the history.

    Raises
    ------
    ServedError
        Where another process has it.
    """

    def __init__(self, history: Path) -> None:
        try:
            self._descriptor = os.open(history / LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise HistoryError(f"{history / LOCK}: cannot be written ({error.strerror}); make it writable") from error
        if not _locked(self._descriptor):
            os.close(self._descriptor)
            raise ServedError(
                f"{history}: is served already, {served_at(history)}. Its cycles start by themselves; to ask for one "
                "now: douka cycle. To serve it from here, end that process first"
            )
        self.tell("")

    def tell(self, url: str) -> None:
        """Note where Prefect's pages are."""
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, json.dumps({"pid": os.getpid(), "url": url}).encode(), 0)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let others serve."""
        os.close(self._descriptor)


def served_at(history: Path) -> str:
    """Say which process serves a history, and where its pages are; empty where none does.

    Parameters
    ----------
    history
        Folder of the history.
    """
    try:
        descriptor = os.open(history / LOCK, os.O_RDONLY)
    except OSError:
        return ""
    try:
        if _locked(descriptor, shared=True):
            return ""
        with suppress(ValueError, KeyError, TypeError):
            holder = json.loads(os.pread(descriptor, 4096, 0))
            return f"by process {holder['pid']}" + (f", pages at {holder['url']}" if holder["url"] else "")
        return "by another process"
    finally:
        os.close(descriptor)


def _locked(descriptor: int, *, shared: bool = False) -> bool:
    import fcntl

    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
