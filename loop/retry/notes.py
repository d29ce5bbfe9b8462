"""Small files of JSON beside a history: what one process leaves for the next, and what is no part of the truth."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from loop.history.durable import make_folder, replace_file


class Notes:
    """A folder of them, by name.

    Parameters
    ----------
    folder
        Made with the first of them.
    durable
        Whether they shall outlast a power failure.
    """

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        self._folder, self._durable = folder, durable

    def names(self) -> set[str]:
        """Of all there are, whatever is in them."""
        return {file.stem for file in self._folder.glob("*.json")}

    def contents(self) -> Iterator[dict[str, Any]]:
        """Those that can be read, by name."""
        for file in sorted(self._folder.glob("*.json")):
            with suppress(OSError, ValueError, TypeError):
                yield dict(json.loads(file.read_text(encoding="utf-8")))

    def keep(self, name: str, content: Mapping[str, Any]) -> None:
        """Write one, in the place of what it was."""
        # A disk that takes no file may be what is wrong: then this process alone knows, and goes on.
        with suppress(OSError):
            make_folder(self._folder.absolute())
            text = json.dumps(content, indent=1, ensure_ascii=False)
            replace_file(self._file(name), text.encode(), durable=self._durable)

    def end(self, name: str) -> None:
        """Remove one; one that is not there may be."""
        with suppress(OSError):
            self._file(name).unlink(missing_ok=True)

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.json"
