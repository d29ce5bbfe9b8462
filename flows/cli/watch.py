"""``douka watch``."""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path

from flows.cli.output import console
from flows.cli.places import find_place
from flows.page.viewer import Viewer
from flows.page.watching import watch

_MANY = 200
"""Cycles whose reading takes long enough to be told of."""


def watch_command(name: str, history: Path | None, port: int | None, *, browser: bool) -> None:
    """Show a campaign in a browser until interrupted."""
    place = find_place(name, history)
    viewer = Viewer(name, place.history)
    with console.status("reading the history") as status:

        def told(done: int, total: int) -> None:
            if total >= _MANY and done % 50 == 0:
                status.update(f"reading cycle {done} of {total}")

        viewer.refresh(told)

    def shown(address: str) -> None:
        console.print(f"{place.name} is shown at {address}", markup=False)
        console.print("Ctrl-C ends this page; the campaign goes on without it", markup=False)
        if browser and sys.stdout.isatty():
            webbrowser.open(address)

    watch(viewer, port, shown)
    console.print("the page is closed")
