"""The shipped campaign finds a good compound sooner than chance."""

import os
from concurrent.futures import ProcessPoolExecutor
from itertools import repeat
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest

from loop.backtest import backtest, chance
from loop.campaign import Campaign
from loop.session import Session

FOLDER = Path(__file__).parents[2] / "workspace/campaigns/two-fourteen-one"
SEEDS = 20


def test_what_chance_needs() -> None:
    """Against drawing at random."""
    luck = chance(Campaign.load(FOLDER))
    k, n = len(luck.acceptable), luck.candidates
    rng = np.random.default_rng(0)
    draws = [int(np.min(rng.permutation(n)[:k])) + 1 for _ in range(20_000)]
    assert luck.measurements == pytest.approx(np.mean(draws), rel=0.03)


def test_measurements_that_state_their_temperature_are_learned_from(tmp_path: Path) -> None:
    """The campaign names no law: it seeks at 300 K, where its table was measured."""
    campaign = Campaign.load(FOLDER)
    with Session(campaign, tmp_path / "history") as session:
        while len(session.state.values_of("M_measured")) < 3:
            assert session.step() is not None
    assert {item.temperature for item in session.state.values_of("M_measured")} == {300.0}
    assert not [item for item in session.state.quarantine if "law" in item.reason]


@pytest.mark.slow
def test_needs_at_most_seven_tenths_of_chance(capsys: pytest.CaptureFixture[str]) -> None:
    campaign = Campaign.load(FOLDER)
    luck = chance(campaign)
    # The work of a process has to be importable, and another package of the slow suites owns the name "tests".
    with ProcessPoolExecutor(max_workers=os.cpu_count(), mp_context=get_context("spawn")) as pool:
        runs = list(pool.map(backtest, repeat(campaign), range(SEEDS), repeat(luck.acceptable)))
    needed = [run.needed for run in runs]
    with capsys.disabled():
        print(f"\ntwo-fourteen-one: {needed} measurements, chance {luck.measurements:.2f}")
    assert all(count is not None for count in needed)
    assert np.mean(needed) <= 0.7 * luck.measurements
