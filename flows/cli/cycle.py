"""``douka cycle``."""

from __future__ import annotations

import getpass
from pathlib import Path

from flows.cli.output import console, print_json
from flows.cli.places import find_place
from flows.errors import StoppedError, UnservedError
from flows.going_on import going_on
from flows.triggers.asking import ask
from flows.triggers.presence import served_at
from loop.control import Orders
from loop.facts import now


def cycle_command(name: str, history: Path | None, *, as_json: bool = False) -> None:
    """Ask for a cycle now.

    Raises
    ------
    StoppedError
        Where the campaign is paused or stopped.
    UnservedError
        Where nobody serves it.
    """
    place = find_place(name, history)
    order = Orders(place.history).standing()
    if order is not None:
        raise StoppedError(f"no cycle begins: {place.name} is {order}. {going_on(order, place.called)}")
    server = served_at(place.history)
    if not server:
        raise UnservedError(
            f"nobody serves {place.name}. To do one cycle here: douka run {place.called} --once; to serve "
            f"it: douka serve {place.called}. (A douka run at work looks by itself.)"
        )
    ask(place.history, getpass.getuser(), now())
    if as_json:
        print_json({"campaign": place.name, "served": str(server)})
        return
    console.print(f"asked; {place.name} is served {server}")
    console.print(
        "a cycle begins within seconds, after the one at work if there is one, and not while its deployment or "
        "schedule is paused in Prefect's pages"
    )
