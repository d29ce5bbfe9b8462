"""How a comparison of rules is shown: tables, and JSON."""

from __future__ import annotations

import math
from dataclasses import asdict

from flows.cli.output import console, print_pairs, print_table
from loop.backtest import Comparison, Course, Paired, Setting
from loop.campaign import Campaign
from loop.figures.style import shown_unit


def print_comparison(campaign: Campaign, comparison: Comparison) -> None:
    """Print what each setting needed, and every two of them seed by seed."""
    unit, goal = _unit(campaign), f"within {100 * comparison.tolerance:g} % of the best"
    close, most = comparison.worth.within(comparison.tolerance), comparison.measurements
    seeds = len(comparison.courses[comparison.settings[0]])
    print_pairs(
        f"{campaign.name}: {len(comparison.settings)} ways of choosing, {seeds} seeds, {most} measurements at most",
        [
            (
                "candidates",
                f"{len(comparison.worth.regret)}, of which {len(close)} {goal}: {_names(campaign, comparison)}",
            ),
            ("chance needs", f"{(len(comparison.worth.regret) + 1) / (len(close) + 1):.2f} measurements on average"),
        ],
    )
    print_table(
        f"Until one {goal}; cost in {campaign.table.cost_unit}, calculations included; regret in {unit}",
        ("", "measurements", "mean", "never", "cost", "mean regret"),
        [(setting.name, *_cells(comparison, setting)) for setting in comparison.settings],
    )
    for what, paired in (
        (f"measurements until one {goal}", comparison.paired_needed),
        (f"mean regret ({unit})", comparison.paired_regret),
    ):
        print_table(
            f"In pairs over the same seeds, first minus second: {what}",
            ("first", "second", "mean [95 %]", "less : same : more", "p"),
            [(first.name, second.name, *_pair(paired(first, second))) for first, second in comparison.pairs()],
        )
    console.print(
        "Median [quartiles]; – where it was never reached. Regret: the best there is minus the best measured so far; "
        f"its mean is over {most} measurements and all seeds. A campaign without one {goal} counts as {most + 1} in "
        "means and pairs. Intervals: bootstrap over seeds; p: sign test, equal pairs left out; neither is corrected "
        "for the number of comparisons.",
    )


def as_json(campaign: Campaign, comparison: Comparison) -> dict[str, object]:
    """Everything that is shown or drawn, and the course of every campaign."""
    sought = campaign.table.objective
    return {
        "campaign": campaign.name,
        "objective": sought.model_dump(mode="json"),
        "unit": campaign.unit,
        "cost_unit": campaign.table.cost_unit,
        "candidates": len(comparison.worth.regret),
        "acceptable": sorted(campaign.space.label(x) for x in comparison.worth.within(comparison.tolerance)),
        "tolerance": comparison.tolerance,
        "accepted_regret": comparison.accepted,
        "measurements": comparison.measurements,
        "settings": {setting.name: _setting_json(comparison, setting) for setting in comparison.settings},
        "pairs": [
            {
                "first": first.name,
                "second": second.name,
                "needed": asdict(comparison.paired_needed(first, second)),
                "mean_regret": asdict(comparison.paired_regret(first, second)),
            }
            for first, second in comparison.pairs()
        ],
    }


def _setting_json(comparison: Comparison, setting: Setting) -> dict[str, object]:
    summary = asdict(comparison.summary(setting))
    return {
        "experiment": setting.experiment,
        "calculation": setting.calculation,
        "corrected": setting.corrected,
        **{key: _known(value) for key, value in summary.items()},
        "courses": [_course_json(each, comparison.accepted) for each in comparison.courses[setting]],
    }


def _course_json(course: Course, accepted: float) -> dict[str, object]:
    reached = {"needed": course.needed(accepted), "cost": course.cost(accepted), "found_best": course.found}
    return {"seed": course.seed, **reached, "regret": course.regret, "spent": course.spent}


def _known(value: object) -> object:
    """JSON has no infinity: what was not reached is null."""
    if isinstance(value, tuple):
        return [_known(item) for item in value]
    return None if isinstance(value, float) and math.isinf(value) else value


def _names(campaign: Campaign, comparison: Comparison) -> str:
    return ", ".join(sorted(campaign.space.label(x) for x in comparison.worth.within(comparison.tolerance)))


def _unit(campaign: Campaign) -> str:
    return shown_unit(campaign.unit)


def _cells(comparison: Comparison, setting: Setting) -> tuple[str, ...]:
    summary = comparison.summary(setting)
    return (
        _quartiles(summary.needed),
        f"{summary.mean_needed:.2f}",
        str(summary.missed),
        _quartiles(summary.cost),
        f"{summary.mean_regret:.3g}",
    )


def _quartiles(values: tuple[float, float, float]) -> str:
    low, median, high = ("–" if math.isinf(value) else f"{value:.3g}" for value in values)
    return f"{median} [{low}, {high}]"


def _pair(paired: Paired) -> tuple[str, ...]:
    interval = "" if math.isnan(paired.low) else f" [{paired.low:+.2f}, {paired.high:+.2f}]"
    return f"{paired.mean:+.2f}{interval}", f"{paired.lower} : {paired.equal} : {paired.higher}", f"{paired.p:.2g}"
