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
    """What the folder of a job says of its end; None while it has not ended.

    What cannot be made out, such as a file that a power failure left empty, tells of no end: the job is lost.
    """
    try:
        told = json.loads((folder / ENDED).read_text(encoding="utf-8"))
        status, reason, worker = told["status"], told["reason"], told.get("worker", "")
    except FileNotFoundError:
        return None
    except OSError as error:
        return Look(Stand.WAITING, f"waiting: {folder / ENDED} cannot be read ({error.strerror})")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        return Look(Stand.LOST, f"{folder / ENDED} is damaged ({error})")
    if reason:
        return Look(Stand.ENDED, reason, failed=True)
    if status:
        return Look(Stand.ENDED, f"the program ended with status {status}{_last_words(folder)}", failed=True)
    return Look(Stand.ENDED, "ended", worker=worker)


def _last_words(folder: Path) -> str:
    for name in ("stderr.txt", "stdout.txt"):
        file = folder / name
        text = file.read_text(encoding="utf-8", errors="replace").strip() if file.is_file() else ""
        if text:
            return f"; {name} ends with: " + " / ".join(line.strip() for line in text.splitlines()[-_LINES:])
    return "; it said nothing"
