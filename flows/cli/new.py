"""``douka new``."""

from __future__ import annotations

import sys

from flows.cli.failing import going_on_later
from flows.cli.output import console, print_json
from flows.cli.places import WORKSPACE
from flows.starting.making import make_campaign, require_free
from flows.starting.questions import asked
from flows.starting.wanted import Wanted


def new_command(name: str, wanted: Wanted, *, yes: bool, as_json: bool) -> None:
    """Write a campaign that runs, and say how to run it."""
    folder = WORKSPACE / "campaigns" / name
    require_free(name, folder)
    if sys.stdin.isatty() and not (yes or as_json):
        with going_on_later("nothing was written"):
            wanted = asked(wanted)
    plan = make_campaign(name, folder, wanted)
    files = sorted(str(file) for file in folder.rglob("*") if file.is_file())
    if as_json:
        print_json({"campaign": name, "folder": str(folder), "files": files, "run": f"douka run {name}"})
        return
    for file in files:
        console.print(file, markup=False)
    console.print(f"varied: {', '.join(axis.name for axis in plan.axes)}", markup=False)
    console.print(f"start it with: douka run {name}", markup=False)
