"""The troubles of a campaign's slots: one small file each beside the history, gone once the adapter answers."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from loop.history.durable import replace_file
from loop.retry.trouble import Act, Trouble

FOLDER = "troubles"


class Troubles:
    """What is kept of them between two processes.

    None is part of the history: they say when an adapter is asked, not what is true. Whoever writes the history writes
    them; anybody reads them.

    Parameters
    ----------
    history
        Folder of the history.
    """

    def __init__(self, history: Path) -> None:
        self._folder = history / FOLDER

    def all(self) -> list[Trouble]:
        """All there are, by slot; one that cannot be read begins anew, which only takes longer."""
        found: list[Trouble] = []
        for file in sorted(self._folder.glob("*.json")):
            with suppress(OSError, ValueError, KeyError, TypeError):
                content = json.loads(file.read_text(encoding="utf-8"))
                found.append(Trouble(**{**content, "act": Act(content["act"])}))
        return found

    def keep(self, trouble: Trouble) -> None:
        """Write a trouble down, in the place of what was known of it."""
        # A disk that takes no file may be the trouble itself: then this process alone knows, and goes on.
        with suppress(OSError):
            self._folder.mkdir(exist_ok=True)
            content = json.dumps(asdict(trouble), indent=1, ensure_ascii=False)
            replace_file(self._file(trouble.slot, trouble.act), content.encode())

    def end(self, slot: str, act: Act) -> None:
        """Forget a trouble; one that is not there may be."""
        with suppress(OSError):
            self._file(slot, act).unlink(missing_ok=True)

    def _file(self, slot: str, act: Act) -> Path:
        return self._folder / f"{slot}.{act.value}.json"
