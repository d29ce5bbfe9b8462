"""Notices and whom they reached, in small files beside the history: what is told is told once."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from flows.notifying.notice import Notice
from loop.errors import HistoryError
from loop.history.durable import make_folder, replace_file, write_durably
from loop.notify_table import Occasion

FOLDER = "notices"
_NAME = re.compile(r"notice_(.+)\.json")
_SEEN = "seen.json"
_LOCK = "sending.lock"


class Outbox:
    """The notices of one history.

    Parameters
    ----------
    history
        Folder of the history.
    """

    def __init__(self, history: Path) -> None:
        self.folder = history / FOLDER

    def add(self, notice: Notice) -> None:
        """Keep a notice durably; one with a known key is left as it is."""
        path = self.folder / f"notice_{notice.key}.json"
        if not path.exists():
            write_durably(path, json.dumps(asdict(notice), indent=1, ensure_ascii=False).encode())

    def waiting(self, recipient: str) -> list[Notice]:
        """What a recipient was not told yet, the oldest first."""
        try:
            names = {path.name for path in self.folder.iterdir()}
        except (FileNotFoundError, NotADirectoryError):
            return []
        keys = sorted(match[1] for match in map(_NAME.fullmatch, names) if match)
        untold = [key for key in keys if self._mark(key, recipient).name not in names]
        return [self._read(key) for key in sorted(untold, key=self._kept_at)]

    @contextmanager
    def sending(self) -> Iterator[bool]:
        """Whether this process alone may send, as long as the context lasts; false where another one is at it."""
        try:
            make_folder(self.folder.absolute())
            descriptor = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o644)
        except (OSError, HistoryError):
            yield True  # a disk that takes nothing is worth telling, by two processes if need be
            return
        try:
            yield _locked(descriptor)
        finally:
            os.close(descriptor)

    def note_told(self, notices: Sequence[Notice], recipient: str) -> None:
        """Remember durably that a recipient was told."""
        for notice in notices:
            path = self._mark(notice.key, recipient)
            if not path.exists():
                write_durably(path, b"")

    @property
    def seen(self) -> tuple[int, int] | None:
        """Number of the first cycle and of the first order that were not looked at yet; None before the first look."""
        try:
            content = json.loads((self.folder / _SEEN).read_text(encoding="utf-8"))
            return int(content["cycle"]), int(content["order"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, KeyError, TypeError) as error:
            path = self.folder / _SEEN
            raise HistoryError(f"{path}: found {error!r}, expected JSON with cycle and order. Delete it") from error

    def note_seen(self, cycle: int, order: int) -> None:
        """Remember how far was looked; after the notices are kept, so that a crash between leaves nothing out."""
        if self.seen != (cycle, order):
            make_folder(self.folder.absolute())
            replace_file(self.folder / _SEEN, json.dumps({"cycle": cycle, "order": order}).encode())

    def _read(self, key: str) -> Notice:
        path = self.folder / f"notice_{key}.json"
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            return Notice(**{**content, "occasion": Occasion(content["occasion"])})
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise HistoryError(
                f"{path}: found no notice ({error!r}), expected JSON with key, occasion, title, text. Delete it"
            ) from error

    def _kept_at(self, key: str) -> int:
        return (self.folder / f"notice_{key}.json").stat().st_mtime_ns

    def _mark(self, key: str, recipient: str) -> Path:
        digest = hashlib.sha256(recipient.encode()).hexdigest()[:12]
        return self.folder / f"told_{key}.{digest}"


def _locked(descriptor: int) -> bool:
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
