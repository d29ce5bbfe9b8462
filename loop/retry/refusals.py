"""Requests whose adapter raised when it was given them: never given to it again, also not by the next process."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from loop.records import Failure, Provenance
from loop.retry.notes import Notes

FOLDER = "refusals"


class Refusals:
    """What is kept of them until the failure is sealed: one small file each beside the history.

    Nobody knows whether what was sent before an error arrived. A process that ends before the next cycle must not lead
    to a second attempt.

    Parameters
    ----------
    history
        Folder of the history.
    """

    def __init__(self, history: Path) -> None:
        self._notes = Notes(history / FOLDER, durable=True)

    def all(self) -> list[Failure]:
        """Those that are not sealed yet."""
        found: list[Failure] = []
        for content in self._notes.contents():
            with suppress(KeyError, TypeError):
                found.append(Failure(**{**content, "provenance": Provenance(**content["provenance"])}))
        return found

    def illegible(self) -> set[str]:
        """Requests of which only the name of the file can be read."""
        return self._notes.names() - {failure.request_id for failure in self.all()}

    def keep(self, failure: Failure) -> None:
        """Write one down."""
        self._notes.keep(failure.request_id or "", asdict(failure))

    def end(self, request: str) -> None:
        """Forget one that is sealed; one that is not there may be."""
        self._notes.end(request)
