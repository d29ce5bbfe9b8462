"""``douka backtest``."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np

from flows.cli.failing import going_on_later
from flows.cli.output import console, print_json, print_pairs
from flows.cli.places import find_place
from flows.cli.processes import in_processes
from loop.backtest import Backtest, Chance, backtest, chance
from loop.campaign import Campaign

Point = tuple[float, ...]


def backtest_command(name: str, seeds: int, tolerance: float, *, processes: int | None, as_json: bool) -> None:
    """Run a retrospective campaign with many seeds and compare with asking at random."""
    folder = find_place(name).campaign
    campaign = Campaign.load(folder)
    luck = chance(campaign, tolerance)
    with going_on_later("nothing was written"):
        done = in_processes(
            partial(_one, folder, luck.acceptable), range(seeds), named=lambda seed: f"{campaign.name}, seed {seed}",
            doing="campaigns", processes=processes,
        )  # fmt: skip
    needed = [run.needed if run.needed is not None else luck.candidates + 1 for run in done]
    if as_json:
        print_json(_as_json(campaign, luck, done, tolerance))
        return
    mean = float(np.mean(needed))
    print_pairs(
        f"{name}: measurements until a compound within {tolerance:.0%} of the best",
        [
            ("candidates", f"{luck.candidates}, of which {len(luck.acceptable)} acceptable"),
            ("acceptable", ", ".join(_labels(campaign, luck))),
            ("chance needs", f"{luck.measurements:.2f}"),
            (
                "this campaign",
                f"mean {mean:.2f}, median {np.median(needed):g}, largest {max(needed)} over {seeds} seeds",
            ),
            ("by seed", " ".join(str(count) for count in needed)),
            ("ratio", f"{mean / luck.measurements:.2f} × chance"),
        ],
    )
    if any(run.needed is None for run in done):
        console.print("campaigns that ended without one count as all candidates and one more")


def _one(folder: Path, acceptable: frozenset[Point], seed: int) -> Backtest:
    return backtest(Campaign.load(folder), seed, acceptable)


def _as_json(campaign: Campaign, luck: Chance, done: list[Backtest], tolerance: float) -> dict[str, object]:
    return {
        "campaign": campaign.name,
        "tolerance": tolerance,
        "candidates": luck.candidates,
        "acceptable": _labels(campaign, luck),
        "chance": luck.measurements,
        "needed": {str(run.seed): run.needed for run in done},
    }


def _labels(campaign: Campaign, luck: Chance) -> list[str]:
    return sorted(campaign.space.label(x) for x in luck.acceptable)
