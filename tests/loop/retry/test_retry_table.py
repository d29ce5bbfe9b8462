"""``[retry]``: how the pauses grow, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.campaign import Campaign
from loop.errors import CampaignError
from loop.retry_table import RetryTable


@given(st.integers(1, 60), st.integers(1, 100), st.floats(1, 100), st.integers(60, 6000))
def test_pauses_grow_by_the_factor_up_to_the_longest(attempts: int, first: int, factor: float, longest: int) -> None:
    table = RetryTable(first=f"{min(first, 60)}s", factor=factor, longest=f"{longest}s")
    naive = float(min(first, 60))
    for _ in range(attempts - 1):
        naive = min(naive * factor, longest)
    assert table.pause(attempts).total_seconds() == pytest.approx(naive, rel=1e-9, abs=2e-6)


def test_a_thousand_attempts_are_no_overflow() -> None:
    assert RetryTable(factor=100).pause(100_000).total_seconds() == 600


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('patience = "soon"', r"retry\.patience|duration 'soon'"),
        ('first = "1h"', r"retry\.first = '1h' is longer than retry\.longest = '10m'"),
        ("factor = 0.5", r"retry\.factor"),
        ("patients = 3", r"unknown key 'retry\.patients'"),
    ],
)
def test_what_cannot_be_meant_is_refused(make_campaign: Callable[..., Path], text: str, said: str) -> None:
    with pytest.raises(CampaignError, match=said):
        Campaign.load(make_campaign(("[stop]", f"[retry]\n{text}\n\n[stop]")))


def test_a_slot_may_say_otherwise(make_campaign: Callable[..., Path]) -> None:
    campaign = Campaign.load(make_campaign(("cost = 0.1", 'cost = 0.1\nretry = { patience = "3d" }')))
    assert [slot.table.retry and slot.table.retry.patience for slot in campaign.slots] == ["3d", None]
    assert campaign.table.retry.patience == "24h"
