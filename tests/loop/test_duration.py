"""Durations as people write them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from loop.duration import parse_duration, spoken
from loop.errors import CampaignError


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("30m", 1800), ("2h", 7200), ("1d", 86400), ("1.5h", 5400), (" 10 s ", 10), ("366d", 366 * 86400)],
)
def test_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "30", "m", "30x", "-5m", "1h30m", "0s", "0.5s", "367d", "nan s", "٣s", "1e3s"])
def test_refused(text: str) -> None:
    with pytest.raises(CampaignError, match="expected"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["30s", "90s", "30m", "2h", "1d", "1.5s"])
def test_there_and_back(text: str) -> None:
    assert parse_duration(spoken(parse_duration(text))) == parse_duration(text)
