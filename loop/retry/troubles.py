"""The troubles of a campaign's slots: one small file each beside the history, gone once the adapter answers."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from loop.retry.notes import Notes
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
        self._notes = Notes(history / FOLDER)

    def all(self) -> list[Trouble]:
        """All there are, by slot; one that cannot be read begins anew, which only takes longer."""
        found: list[Trouble] = []
        for content in self._notes.contents():
            with suppress(ValueError, KeyError, TypeError):
                found.append(Trouble(**{**content, "act": Act(content["act"])}))
        return found

    def keep(self, trouble: Trouble) -> None:
        """Write a trouble down, in the place of what was known of it."""
        self._notes.keep(_name(trouble.slot, trouble.act), asdict(trouble))

    def end(self, slot: str, act: Act) -> None:
        """Forget a trouble; one that is not there may be."""
        self._notes.end(_name(slot, act))


def _name(slot: str, act: Act) -> str:
    return f"{slot}.{act.value}"
