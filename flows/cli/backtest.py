"""``douka backtest``."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from flows.cli.output import console, print_pairs
from flows.cli.places import find_place
from loop.backtest import Backtest, backtest, chance
from loop.campaign import Campaign

Point = tuple[float, ...]


def backtest_command(name: str, seeds: int, tolerance: float) -> None:
    """Run a retrospective campaign with many seeds and compare with asking at random."""
    folder = find_place(name).campaign
    campaign = Campaign.load(folder)
    luck = chance(campaign, tolerance)
    # One thread a process: the matrices are small, and threads would fight for the cores.
    os.environ.update(dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"), "1"))
    with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
        done = list(pool.map(partial(_one, folder, luck.acceptable), range(seeds)))
    needed = [run.needed if run.needed is not None else luck.candidates + 1 for run in done]
    mean = float(np.mean(needed))
    print_pairs(
        f"{name}: measurements until a compound within {tolerance:.0%} of the best",
        [
            ("candidates", f"{luck.candidates}, of which {len(luck.acceptable)} acceptable"),
            ("acceptable", ", ".join(sorted(campaign.space.label(x) for x in luck.acceptable))),
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
