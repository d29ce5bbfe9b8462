"""``douka demo``."""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from threadpoolctl import threadpool_limits

from flows.cli.output import console, print_json, print_table
from flows.cli.pictures import drawable, writing
from flows.cli.processes import in_processes
from loop.errors import CampaignError
from loop.figures.demonstrations import Shown, d1, d2, d3, draw_d1, draw_d2, draw_d3, save
from loop.problems import Hunt
from loop.problems.contest import contest

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PROBLEMS, CALCULATIONS = 20, 1


def demo_command(
    which: str, out: Path | None, seed: int, problems: int | None, m: int | None, *, as_json: bool = False
) -> None:
    """Run a demonstration, print what matters, write the figure and its data."""
    if which != "d3" and (problems is not None or m is not None):
        raise CampaignError(f"--problems and --m belong to `douka demo d3`, not to {which}; leave them out")
    file = drawable(out or Path(f"{which}.png"))
    shown, figure = _done(which, seed, problems or PROBLEMS, CALCULATIONS if m is None else m)
    with writing(file):
        table = save(figure, shown, file)
    if as_json:
        print_json(_as_json(shown, file, table))
        return
    console.print(shown.title)
    for each in shown.tables:
        rows = [(what, *(_number(value) for value in values)) for what, values in each.rows.items()]
        print_table(each.title, ("", *(each.columns or ("",))), rows)
    console.print(f"{file}\n{table}")


def _as_json(shown: Shown, file: Path, table: Path) -> dict[str, object]:
    """A number that was not found is None."""
    tables = [
        {
            "title": each.title,
            "columns": list(each.columns),
            "rows": {what: [v if math.isfinite(v) else None for v in values] for what, values in each.rows.items()},
        }
        for each in shown.tables
    ]
    return {"title": shown.title, "files": [str(file), str(table)], "tables": tables}


def _done(which: str, seed: int, problems: int, m: int) -> tuple[Shown, Figure]:
    if which == "d3":
        shown = d3(_contests(seed, problems, m), m)
        return shown, draw_d3(shown, m)
    with threadpool_limits(1):
        shown = d1(seed) if which == "d1" else d2(seed)
    return shown, draw_d1(shown) if which == "d1" else draw_d2(shown)


def _contests(seed: int, problems: int, m: int) -> list[Mapping[str, Hunt]]:
    work = partial(contest, seed=seed, calculations=m)
    return in_processes(work, range(problems), named=lambda number: f"problem {number} of seed {seed}")


def _number(value: float) -> str:
    if math.isnan(value):
        return ""
    return "not found" if math.isinf(value) else f"{value:.3g}"
