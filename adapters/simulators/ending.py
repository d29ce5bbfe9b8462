"""The file in which the end of a job is told, whoever ran it."""

from __future__ import annotations

import json
from pathlib import Path

from adapters.simulators.job import Look, Stand

ENDED = "runner.ended.json"
"""Written into the job's folder once the command has ended: ``{"status": 0, "reason": ""}``.

``"worker"`` beside them says who did it, of runners that have several."""

_LINES = 3


def ending_of(folder: Path) -> Look | None:
    """What the folder of a job says of its end; None while it has not ended."""
    try:
        told = json.loads((folder / ENDED).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    if told["reason"]:
        return Look(Stand.ENDED, told["reason"], failed=True)
    if told["status"]:
        return Look(Stand.ENDED, f"the program ended with status {told['status']}{_last_words(folder)}", failed=True)
    return Look(Stand.ENDED, "ended", worker=told.get("worker", ""))


def _last_words(folder: Path) -> str:
    for name in ("stderr.txt", "stdout.txt"):
        file = folder / name
        text = file.read_text(encoding="utf-8", errors="replace").strip() if file.is_file() else ""
        if text:
            return f"; {name} ends with: " + " / ".join(line.strip() for line in text.splitlines()[-_LINES:])
    return "; it said nothing"
