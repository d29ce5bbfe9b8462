"""``douka new``."""

from __future__ import annotations

import sys

from flows.cli.failing import going_on_later
from flows.cli.importing import import_past
from flows.cli.output import console, print_json
from flows.cli.places import WORKSPACE
from flows.starting.campaign_text import Plan
from flows.starting.making import PAST, make_campaign, require_free
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
    if plan.people:
        import_past(folder / PAST, name)
    files = sorted(str(file) for file in folder.rglob("*") if file.is_file())
    if as_json:
        print_json({"campaign": name, "folder": str(folder), "files": files, "run": f"douka run {name}"})
        return
    for file in files:
        console.print(file)
    console.print(f"varied: {', '.join(axis.name for axis in plan.axes)}")
    if plan.people:
        console.print(f"known: {_counted(plan)}")
    console.print(f"start it with: douka run {name}")
    if plan.people:
        console.print(f"what people shall measure: douka worksheet {name}")


def _counted(plan: Plan) -> str:
    words = f"{len(plan.measurements.rows)} measurements"
    return words if plan.calculations is None else f"{words}, {len(plan.calculations.rows)} calculations"
