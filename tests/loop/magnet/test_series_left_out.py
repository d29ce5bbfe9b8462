"""A whole series of the shipped campaign left out: foretold better with both than with either alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from adapters.tables.readings import campaign_readings
from loop.campaign import Campaign
from loop.innovation import Reading
from loop.magnet import Magnet, held_back

FOLDER = Path(__file__).parents[3] / "workspace/campaigns/magnet-finite-temperature"
SERIES = {
    "Ce": lambda row: row.x[2] >= 0.2,
    "La": lambda row: row.x[1] >= 0.01,
    "Pr": lambda row: row.x[0] >= 0.99,
    "Nd": lambda row: sum(row.x[:3]) <= 0.01,
    "Co": lambda row: row.x[3] >= 0.5,
}


@pytest.fixture(scope="module")
def magnet() -> Magnet:
    return Magnet.of(Campaign.load(FOLDER))


@pytest.fixture(scope="module")
def readings(magnet: Magnet) -> list[Reading]:
    return campaign_readings(magnet.campaign)


@pytest.mark.slow
@pytest.mark.parametrize("name", SERIES)
def test_both_are_better_than_either(magnet: Magnet, readings: list[Reading], name: str) -> None:
    left_out = held_back(magnet, readings, SERIES[name])
    scores = {score.by: score for score in left_out.scores if score.quantity == "M0"}
    both = scores["both"]
    print(
        f"{name} left out, {both.count} values: "
        + ", ".join(f"{by} {score.rmse:.2f} ({score.coverage:.2f})" for by, score in scores.items())
    )
    assert both.rmse < scores["measurements alone"].rmse
    assert both.rmse < scores["calculations alone"].rmse
    # Two standard deviations of a share of that many values below 95 %, and the laboratory that lies low.
    assert both.coverage > 0.7
