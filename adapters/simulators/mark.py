"""The durable mark that an attempt at a request was started: written before anything acts."""

from __future__ import annotations

import json
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
        1 for the first.
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

    def last(self, request: str) -> Mark | None:
        """The last attempt at a request; None if there was none."""
        found = [
            Mark(**json.loads(file.read_text(encoding="utf-8"))) for file in self._folder.glob(f"{request}.*.json")
        ]
        return max(found, key=lambda mark: mark.attempt, default=None)

    def give_up(self, request: str) -> None:
        """Let no further attempt be made at a request, by any process."""
        (self._folder / f"{request}.cancelled").touch()

    def is_given_up(self, request: str) -> bool:
        """Whether no further attempt is wanted."""
        return (self._folder / f"{request}.cancelled").exists()

    def write(self, mark: Mark) -> None:
        """Make a mark last."""
        content = json.dumps(asdict(mark), indent=2) + "\n"
        write_durably(self._folder / f"{mark.request}.{mark.attempt}.json", content.encode())
