"""Small files that people add beside a history: numbered, durable, never replaced."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from loop.errors import HistoryError
from loop.history.durable import explanation, make_folder, write_durably


class Numbered:
    """Files ``<stem>_000000.json`` and so on in a folder.

    Parameters
    ----------
    folder
        Made with the first file.
    stem
        Begins their names.
    """

    def __init__(self, folder: Path, stem: str) -> None:
        self.folder = folder
        self._stem = stem
        self._name = re.compile(rf"{re.escape(stem)}_(\d{{6,}})\.json")

    def add(self, content: Callable[[int], str]) -> int:
        """Make one more file durable; its number.

        Parameters
        ----------
        content
            Makes its text, given its number.

        Raises
        ------
        HistoryError
            Where it cannot be written.
        """
        try:
            make_folder(self.folder.absolute())
            with self._one_at_a_time():
                number = max(self.numbers(), default=-1) + 1
                write_durably(self.path(number), content(number).encode())
        except HistoryError:
            raise
        except OSError as error:
            raise HistoryError(f"{self.folder}: nothing was written: {explanation(error)}") from error
        return number

    def path(self, number: int) -> Path:
        """Where a file is."""
        return self.folder / f"{self._stem}_{number:06d}.json"

    def numbers(self) -> list[int]:
        """The numbers there are, ascending."""
        try:
            names = [path.name for path in self.folder.iterdir()]
        except FileNotFoundError:
            return []
        return sorted(int(match[1]) for match in map(self._name.fullmatch, names) if match)

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """Two people at once get two numbers."""
        import fcntl

        with (self.folder / f"{self._stem}s.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
