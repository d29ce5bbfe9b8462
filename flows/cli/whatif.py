"""``douka replay --with``: what another policy would have asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import zip_longest
from pathlib import Path

from flows.cli.output import console, print_json, print_table
from flows.cli.places import find_history
from loop.figures.style import shown_unit
from loop.history import History
from loop.quantity import plain
from loop.whatif import Course, Step, Value, WhatIf, parse_changes, what_if

_COLUMNS = ("measured", "others", "best so far", "asks for")


def whatif_command(name: str, history: Path | None, changes: Sequence[str], *, as_json: bool) -> None:
    """Show what was beside what would have been, cycle by cycle."""
    asked = parse_changes(changes)
    with History.open(find_history(name, history)) as kept, console.status("running the campaign again in memory"):
        found = what_if(kept, asked)
    if as_json:
        print_json(_as_json(found))
        return
    words = ", ".join(f"{key}={value}" for key, value in found.changes.items())
    steps = list(zip_longest(found.recorded.steps, found.counterfactual.steps))
    number = [str(cycle) for cycle in range(len(steps))]
    print_table(
        f"As recorded ({shown_unit(found.unit)})",
        ("cycle", *_COLUMNS),
        [(n, *_cells(step)) for n, (step, _) in zip(number, steps, strict=True) if step],
    )
    print_table(
        f"With {words} (~ marks what is modelled)",
        ("cycle", *_COLUMNS),
        [(n, *_cells(step)) for n, (_, step) in zip(number, steps, strict=True) if step],
    )
    console.print(shown_unit(found.verdict))


def _cells(step: Step) -> tuple[str, ...]:
    others = f"{step.others} calculated" if step.others else ""
    others += f", {step.others_modelled} of them ~" if step.others_modelled else ""
    asked = list(step.asked) + _counted(step.calculations)
    measured = [_shown(value) for value in step.measured] + [f"put aside {text}" for text in step.put_aside]
    return "; ".join(measured), others, _shown(step.best) if step.best else "", "; ".join(asked)


def _counted(calculations: int) -> list[str]:
    return [f"{calculations} calculation{'s' if calculations > 1 else ''}"] if calculations else []


def _shown(value: Value) -> str:
    return f"{value.label} {'~' if value.is_modelled else ''}{plain(value.value)}"


def _as_json(found: WhatIf) -> dict[str, object]:
    return {
        "changes": dict(found.changes),
        "unit": found.unit,
        "verdict": found.verdict,
        "recorded": _course(found.recorded),
        "counterfactual": _course(found.counterfactual),
    }


def _course(course: Course) -> dict[str, object]:
    measured, others = course.modelled
    return {
        "measured": len(course.measured),
        "measured_modelled": measured,
        "others": course.others,
        "others_modelled": others,
        "spent": course.spent,
        "best": course.best and asdict(course.best),
        "cycles": [asdict(step) for step in course.steps],
    }
