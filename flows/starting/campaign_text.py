"""The commented campaign file of ``douka new``, and the README beside it."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from adapters.tables.own_table import OwnTable
from flows.starting.variables import Axis

_MOST_ASKED = 20
_MODEST = 3
_PEOPLE = """\
# Who answers requests for measurements: people. `douka worksheet` writes what is asked of them; filled rows come back
# with `douka worksheet NAME --take FILE`, or in the folder.
[[instruments]]
name = "laboratory"
adapter = "worksheet"
target = "measured"
start = {start} # measurements before there is a model; imported ones count
slots = 2 # requests at the same time
cost = 1
options = {{ folder = "answers" }}
"""
_CALCULATION_RULE = """\
calculation = "toward_optimum" # what tells most about the measurement where its optimum may lie
"""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that the file says.

    Parameters
    ----------
    name, title
        For the reader.
    axes
        The design variables.
    measurements, calculations
        The tables; None where nothing was calculated.
    goal
        ``maximize`` or ``minimize``.
    is_example
        Whether the numbers are made up.
    people
        Whether people measure new samples; else the table of measurements answers.
    """

    name: str
    title: str
    axes: tuple[Axis, ...]
    measurements: OwnTable
    calculations: OwnTable | None
    goal: str
    is_example: bool
    people: bool = False

    @property
    def degree(self) -> int:
        """Of the polynomials: what the smaller table can bear."""
        return 3 if len(self.axes) == 1 else 2

    @property
    def functions(self) -> int:
        """How many coefficients the polynomials have, categories counted once each."""
        d = sum(max(1, len(axis.values) - 1) for axis in self.axes)
        return d + 1 + d * (d + 1) // 2 if self.degree == 2 else self.degree + 1


def campaign_text(plan: Plan) -> str:
    """Write the file."""
    parts = [_head(plan), _space(plan), _targets(plan), _choice(plan)]
    if plan.calculations is not None:
        parts.append(_simulator(plan, plan.calculations))
    return "\n".join([*parts, _instrument(plan), _stop(plan)])


def readme_text(plan: Plan) -> str:
    """Write what stands beside it."""
    origin = (
        "The numbers are made up: noise on known curves, to see the loop at work."
        if plan.is_example
        else "\n".join(
            f"`data/{what}.csv` was made from `{table.file.name}` by `douka new`; its values are unchanged."
            for what, table in (("measurements", plan.measurements), ("calculations", plan.calculations))
            if table is not None
        )
    )
    if plan.people:
        origin += f"\n`douka import past.toml {plan.name}` made the history that the campaign goes on with."
    asked = f"douka worksheet {plan.name} # what people shall measure\n" if plan.people else ""
    return (
        f"# {plan.name}\n\n{plan.title}\n\n{origin}\n\n"
        f"```bash\ndouka run {plan.name}       # to its end; it can be killed and goes on\n{asked}"
        f"douka status {plan.name}    # what is known\ndouka report {plan.name}    # to read and to print\n```\n"
    )


def past_text(plan: Plan) -> str:
    """Write the mapping with which ``douka import`` takes in what was known before."""
    text = """\
# What was known before this campaign; `douka import` has made the beginning of its history of it.
campaign = "."
"""
    for file, target, table in (
        ("measurements", "measured", plan.measurements),
        ("calculations", "calculated", plan.calculations),
    ):
        if table is not None:
            columns = "\n".join(f"{_key(name)} = {_text(name)}" for name in kept_columns(table, plan.axes))
            text += f"""
[[tables]]
file = "data/{file}.csv"
target = "{target}"
[tables.columns] # our name = the column's name
{columns}
"""
    return text


def kept_columns(table: OwnTable, axes: tuple[Axis, ...]) -> list[str]:
    """Columns of the table in the campaign's folder: the variables, then what a table of values has besides."""
    others = [name for name in table.rows[0][1] if name not in (*table.numbers, *table.texts)]
    return [*(axis.name for axis in axes), *others]


def _head(plan: Plan) -> str:
    story = (
        "What is known was imported; people are asked for new samples."
        if plan.people
        else "Retrospective: the values exist, the loop asks for them one by one."
    )
    return f"""\
# What is searched, with what, by which rules, and until when. All keys: workspace/README.md of douka.
title = {_text(plan.title)}
description = {_text(story)}
seed = 0 # the same seed on the same machine gives the same bits
cost_unit = "measurements"
"""


def _space(plan: Plan) -> str:
    lines = ["# What can be varied, and how far. Only what lies within is asked for.", "[space.variables]"]
    for axis in plan.axes:
        if axis.bounds is None:
            lines.append(f"{_key(axis.name)} = {{ values = [{', '.join(_text(value) for value in axis.values)}] }}")
        else:
            low, high = axis.bounds
            step = f", step = {_step(low, high):g}" if plan.people else ""
            lines.append(f'{_key(axis.name)} = {{ bounds = [{low!r}, {high!r}]{step} }} # add description = "…"')
    return "\n".join(lines) + "\n"


def _step(low: float, high: float) -> float:
    """What a person can weigh or set: the power of ten that makes 20 steps or more."""
    return float(10.0 ** math.floor(math.log10((high - low) / 20)))


def _targets(plan: Plan) -> str:
    text = ""
    if plan.calculations is not None:
        text += f"""\
[targets.calculated]
source = "calculation"
unit = {_text(plan.calculations.unit)}

"""
    text += f"""\
[targets.measured]
source = "experiment"
unit = {_text(plan.measurements.unit)}
"""
    if plan.calculations is not None:
        text += """\
parents = ["calculated"] # the measurement is a multiple of the calculation,
active = "order<=1" # and a discrepancy that is linear in the variables off; ["1"]: a constant
"""
    return text


def _choice(plan: Plan) -> str:
    return f"""\
[model]
basis = "polynomial"
degree = {plan.degree} # total degree; a higher one needs more values

[objective]
target = "measured"
goal = "{plan.goal}" # or {'"minimize"' if plan.goal == "maximize" else '"maximize"'}, or "hit" with value = …

[policy]
experiment = "probable_optimum" # where the optimum most probably is
{_CALCULATION_RULE if plan.calculations is not None else ""}"""


def _simulator(plan: Plan, table: OwnTable) -> str:
    points = len({tuple(row[axis.name] for axis in plan.axes) for _, row in table.rows})
    return f"""\
# Who answers requests for calculations: here a table of {len(table.rows)} values.
[[simulators]]
name = "calculations"
adapter = "pool"
target = "calculated"
slots = {min(5, points)} # requests at the same time
start = {min(plan.functions + 2, points)} # before there is a model
cost = 0.01
options = {{ table = "data/calculations.csv" }}
"""


def _instrument(plan: Plan) -> str:
    if plan.people:
        return _PEOPLE.format(start=min(_start(plan), _points(plan)))
    return f"""\
# Who answers requests for measurements: here a table of {len(plan.measurements.rows)} values. To have people measure
# what no table holds yet: douka new … --people.
[[instruments]]
name = "laboratory"
adapter = "archive"
target = "measured"
start = {min(_start(plan), _points(plan))}
cost = 1
options = {{ table = "data/measurements.csv" }}
"""


def _stop(plan: Plan) -> str:
    return f"""\
# The campaign ends when one of these holds.
[stop]
experiments = {_MOST_ASKED if plan.people else min(_MOST_ASKED, _points(plan))}
no_improvement = 10 # measurements since the best one
"""


def _start(plan: Plan) -> int:
    """Without calculations the measurements alone must determine the polynomials."""
    return _MODEST if plan.calculations is not None else plan.functions + 2


def _points(plan: Plan) -> int:
    return len({tuple(row[axis.name] for axis in plan.axes) for _, row in plan.measurements.rows})


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if name.isascii() else _text(name)
