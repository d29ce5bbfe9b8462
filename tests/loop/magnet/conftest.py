"""The made-up magnets, read and fitted once."""

from pathlib import Path

import pytest

from adapters.tables.readings import campaign_readings
from loop.campaign import Campaign
from loop.innovation import Reading
from loop.magnet import Magnet
from loop.magnetism import FiniteTemperature


@pytest.fixture(scope="session")
def magnet(magnets: Path) -> Magnet:
    return Magnet.of(Campaign.load(magnets))


@pytest.fixture(scope="session")
def readings(magnet: Magnet) -> tuple[Reading, ...]:
    return campaign_readings(magnet.campaign)


@pytest.fixture(scope="session")
def model(magnet: Magnet, readings: tuple[Reading, ...]) -> FiniteTemperature:
    return magnet.fit(readings)
