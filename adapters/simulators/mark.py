"""The durable mark that an attempt at a request was started: written before anything acts."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from loop.history.durable import write_durably


@dataclass(frozen=True)
class Mark:
    """One attempt at a request.

    Parameters
    ----------
    request
        Its id.
    attempt
        1 for the first, and one more for each after it.
    folder
        Name of the attempt's folder.
    job
        What its runner calls it; no other job anywhere has this name.
    """

    request: str
    attempt: int
    folder: str
    job: str


class Marks:
    """The marks of a slot.

    Parameters
    ----------
    folder
        Holds one file for each attempt; made when needed.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, Mark] = {}

    def last(self, request: str) -> Mark | None:
        """The last attempt at a request; None if there was none."""
        # Asked for by name: to look through the folder for each of ten thousand requests takes minutes.
        attempt = 0
        while self._file(request, attempt + 1).exists():
            attempt += 1
        if attempt == 0:
            return None
        return Mark(**json.loads(self._file(request, attempt).read_text(encoding="utf-8")))

    def all(self) -> dict[str, Mark]:
        """The last attempt at every request, by its id; each file is read once."""
        with suppress(FileNotFoundError):
            for entry in os.scandir(self._folder):
                if entry.name.endswith(".json") and entry.name not in self._read:
                    self._read[entry.name] = Mark(**json.loads(Path(entry.path).read_text(encoding="utf-8")))
        last: dict[str, Mark] = {}
        for mark in self._read.values():
            if mark.attempt >= last.get(mark.request, mark).attempt:
                last[mark.request] = mark
        return last

    def withdraw(self, mark: Mark) -> None:
        """Take back the mark of an attempt that certainly did not begin."""
        self._file(mark.request, mark.attempt).unlink(missing_ok=True)
        self._read.pop(self._file(mark.request, mark.attempt).name, None)

    def give_up(self, request: str) -> None:
        """Let no further attempt be made at a request, by any process."""
        (self._folder / f"{request}.cancelled").touch()

    def is_given_up(self, request: str) -> bool:
        """Whether no further attempt is wanted."""
        return (self._folder / f"{request}.cancelled").exists()

    def write(self, mark: Mark) -> None:
        """Make a mark last."""
        content = json.dumps(asdict(mark), indent=2) + "\n"
        write_durably(self._file(mark.request, mark.attempt), content.encode())

    def _file(self, request: str, attempt: int) -> Path:
        return self._folder / f"{request}.{attempt}.json"
