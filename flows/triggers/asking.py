"""A cycle that a person asks for: a note beside the history, which whoever serves the campaign finds."""

from __future__ import annotations

import json
from pathlib import Path

from loop.errors import HistoryError
from loop.history.durable import replace_file

NOTE = "cycle-asked.json"


def ask(history: Path, person: str, time: str) -> None:
    """Ask for a cycle now; only the last one who asks is kept.

    Parameters
    ----------
    history
        Folder of the history.
    person, time
        Who asks, and when (UTC, ISO 8601).
    """
    replace_file(history / NOTE, json.dumps({"person": person, "time": time}, ensure_ascii=False).encode())


def asked(history: Path) -> str:
    """Who asked last and when, in words; empty where nobody has.

    Raises
    ------
    HistoryError
        Where the note is damaged.
    """
    try:
        note = json.loads((history / NOTE).read_text(encoding="utf-8"))
        return f"asked for by {note['person']} at {note['time']}"
    except FileNotFoundError:
        return ""
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise HistoryError(f"{history / NOTE}: found no note ({error!r}); delete it") from error
