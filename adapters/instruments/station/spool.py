"""What a station keeps on disk: orders, started marks, raw data, outcomes. Each file is there whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from loop.history.durable import make_folder, sync_folder, write_durably
from loop.secret import concealed

Content = Mapping[str, Any]
QUEUE, STARTED, RAW, OUTCOMES, CANCELLED = "queue", "started", "raw", "outcomes", "cancelled"


class Spool:
    """The folder of a station.

    Parameters
    ----------
    folder
        Kept with the history; made if it does not exist.
    secrets
        What no reason may show, whatever a driver says.
    """

    def __init__(self, folder: Path, secrets: Sequence[str] = ()) -> None:
        self.folder, self._secrets = folder, secrets
        for part in (QUEUE, STARTED, RAW, OUTCOMES, CANCELLED):
            make_folder(folder / part)

    def add(self, part: str, name: str, content: Content) -> None:
        """Write a file, unless it is there already."""
        path = self._path(part, name)
        if "reason" in content:
            content = {**content, "reason": concealed(str(content["reason"]), self._secrets)}
        if not path.exists():
            write_durably(path, json.dumps(content, indent=1, ensure_ascii=False).encode())

    def has(self, part: str, name: str) -> bool:
        """Whether there is one."""
        return self._path(part, name).exists()

    def get(self, part: str, name: str) -> dict[str, Any]:
        """Read one."""
        content: dict[str, Any] = json.loads(self._path(part, name).read_text(encoding="utf-8"))
        return content

    def names(self, part: str) -> list[str]:
        """All of a part, in order."""
        return sorted(path.name.removesuffix(".json") for path in (self.folder / part).glob("*.json"))

    def remove(self, part: str, name: str) -> None:
        """Take one away; what is not there may be."""
        self._path(part, name).unlink(missing_ok=True)
        sync_folder(self.folder / part)

    def raw(self, name: str) -> Path:
        """File of the raw data of a request, one event a line."""
        return self.folder / RAW / f"{name}.jsonl"

    def pending(self) -> list[str]:
        """Requests that have no outcome yet and are not given up, in order."""
        done = {*self.names(OUTCOMES), *self.names(CANCELLED)}
        return [name for name in self.names(QUEUE) if name not in done]

    def _path(self, part: str, name: str) -> Path:
        return self.folder / part / f"{name}.json"
