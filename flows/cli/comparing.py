"""``douka backtest --rules``: rules compared with one another, with chance and with one source alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import product
from pathlib import Path

from flows.cli.compared import as_json as comparison_as_json
from flows.cli.compared import print_comparison
from flows.cli.failing import going_on_later
from flows.cli.output import console, print_json
from flows.cli.pictures import drawable, writing
from flows.cli.places import find_place
from flows.cli.processes import in_processes
from loop.backtest import Comparison, Course, Setting, Worth, baselines, course, parse_settings, worth_of
from loop.campaign import Campaign

Job = tuple[Setting, int]


def comparing_command(
    name: str, rules: str, seeds: int, tolerance: float, *, measurements: int | None, figure: Path | None,
    processes: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Run retrospective campaigns for every rule and seed, and compare."""
    file = drawable(figure, "--figure") if figure else None
    folder = find_place(name).campaign
    campaign, settings = Campaign.load(folder), parse_settings(rules)
    against = baselines(campaign, settings)
    worth = worth_of(campaign)
    most = min(measurements or campaign.table.stop.experiments or len(worth.regret), len(worth.regret))
    with going_on_later("nothing was written"):
        courses = _courses(folder, campaign.name, (*settings, *against), range(seeds), most, worth, processes)
    comparison = Comparison(courses, worth, most, tolerance)
    if as_json:
        print_json(comparison_as_json(campaign, comparison))
    else:
        print_comparison(campaign, comparison)
    if file:
        table = _draw(comparison, campaign, [each.name for each in against], file)
        if not as_json:
            console.print(f"{file}\n{table}")


def _courses(
    folder: Path, name: str, settings: Sequence[Setting], seeds: Sequence[int], measurements: int, worth: Worth,
    processes: int | None,
) -> dict[Setting, list[Course]]:  # fmt: skip
    jobs = list(product(settings, seeds))
    found = in_processes(
        partial(_one, folder, measurements, worth), jobs,
        named=lambda job: f"{name}, rule {job[0].name!r}, seed {job[1]}", doing="campaigns", processes=processes,
    )  # fmt: skip
    done = dict(zip(jobs, found, strict=True))
    return {setting: [done[setting, seed] for seed in seeds] for setting in settings}


def _one(folder: Path, measurements: int, worth: Worth, job: Job) -> Course:
    setting, seed = job
    return course(Campaign.load(folder), setting, seed, measurements, worth)


def _draw(comparison: Comparison, campaign: Campaign, against: Sequence[str], file: Path) -> Path:
    from loop.figures.demonstrations import save
    from loop.figures.regret import draw_regret, regret_shown

    shown = regret_shown(comparison, campaign.name)
    unit = campaign.table.targets[campaign.table.objective.target].unit
    picture = draw_regret(
        shown, baselines=against, unit=unit, cost_unit=campaign.table.cost_unit, tolerance=comparison.tolerance,
        accepted=comparison.accepted,
    )  # fmt: skip
    with writing(file, "--figure"):
        return save(picture, shown, file)
