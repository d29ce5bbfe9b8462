"""Requests whose adapter raised when it was given them: never given to it again, also not by the next process."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from loop.history.durable import replace_file
from loop.records import Failure, Provenance

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
        self._folder = history / FOLDER

    def all(self) -> list[Failure]:
        """Those that are not sealed yet."""
        found: list[Failure] = []
        for file in sorted(self._folder.glob("*.json")):
            with suppress(OSError, ValueError, KeyError, TypeError):
                content = json.loads(file.read_text(encoding="utf-8"))
                found.append(Failure(**{**content, "provenance": Provenance(**content["provenance"])}))
        return found

    def keep(self, failure: Failure) -> None:
        """Write one down."""
        with suppress(OSError):  # no room for it: this process still knows
            self._folder.mkdir(exist_ok=True)
            content = json.dumps(asdict(failure), indent=1, ensure_ascii=False)
            replace_file(self._file(failure.request_id or ""), content.encode())

    def end(self, request: str) -> None:
        """Forget one that is sealed; one that is not there may be."""
        with suppress(OSError):
            self._file(request).unlink(missing_ok=True)

    def _file(self, request: str) -> Path:
        return self._folder / f"{request}.json"
