"""``douka watch``."""

from __future__ import annotations

import sys
import threading
import webbrowser
from pathlib import Path

from flows.cli.output import console
from flows.cli.places import find_place
from flows.page.viewer import Viewer
from flows.page.watching import watch

_PATIENCE_SECONDS = 3.0
"""A history that takes longer to read is shown while it is read."""


def watch_command(name: str, history: Path | None, port: int | None, *, browser: bool) -> None:
    """Show a campaign in a browser until interrupted."""
    place = find_place(name, history)
    viewer = Viewer(place.called, place.history, place.campaign)
    reading = threading.Thread(target=viewer.refresh, daemon=True)
    reading.start()
    reading.join(_PATIENCE_SECONDS)

    def shown(address: str) -> None:
        console.print(f"{place.name} is shown at {address}")
        console.print("Ctrl-C ends this page; the campaign goes on without it")
        if browser and sys.stdout.isatty():
            webbrowser.open(address)

    watch(viewer, port, shown)
    console.print("the page is closed")
