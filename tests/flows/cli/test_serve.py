"""What is looked at before a campaign is served."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from adapters.simulators.pool import Pool
from flows.cli.serve import check
from loop.campaign import Campaign
from loop.errors import DataError, TransientError
from loop.session import Session


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let pools answer no more."""

    def silent(_: Pool) -> None:
        raise TransientError("the provider does not answer")

    return lambda: monkeypatch.setattr(Pool, "candidates", silent)


def test_a_pool_that_is_away_keeps_nobody_from_serving_again(
    make_campaign: Callable[..., Path], away: Callable[[], None], tmp_path: Path
) -> None:
    campaign = Campaign.load(make_campaign())
    with Session(campaign, tmp_path / "history") as session:
        session.step()
    away()
    check(campaign, tmp_path / "history")
    with pytest.raises(TransientError, match="does not answer"):
        check(campaign, tmp_path / "another")


def test_mistakes_are_said_before_anything_is_written(make_campaign: Callable[..., Path], tmp_path: Path) -> None:
    campaign = Campaign.load(make_campaign(('table = "measurements.csv"', 'table = "nowhere.csv"')))
    with pytest.raises(DataError, match=r"nowhere\.csv"):
        check(campaign, tmp_path / "history")
    assert not (tmp_path / "history").exists()
