"""Finding the Prefect server that is at work for a workspace, whoever started it."""

from __future__ import annotations

from pathlib import Path

from flows.binding import LOOPBACK
from flows.server import lives
from flows.server_process import LOCK


def found(home: Path) -> tuple[int, str] | None:
    """Port and address of the server with pages of a folder; None where none answers in some looks.

    Parameters
    ----------
    home
        Prefect's folder.
    """
    try:
        port, _, host = (home / LOCK).read_text(encoding="utf-8").partition(" ")
    except OSError:
        return None
    place = int(port or 0), host or LOOPBACK
    return place if place[0] and lives(*place) else None
