"""What is looked at before a campaign is served."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from adapters.simulators.pool import Pool
from flows.cli.serve import check, serve_command
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


def test_what_ends_with_each_cycle_is_said(
    make_campaign: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    options = 'options = { function = "codes.py:moment", runner = { kind = "threads" } }'
    folder = make_campaign(
        ('adapter = "pool"', 'adapter = "function"'), ('options = { table = "calculations.csv" }', options)
    )
    monkeypatch.setattr("flows.serving.serve_campaign", lambda *_, **__: None)
    (folder / "codes.py").write_text("def moment(a):\n    return a\n", encoding="utf-8")
    serve_command(str(folder), timedelta(minutes=30), None, "127.0.0.1", "30d")
    assert "slot 'cluster': runner 'threads' ends with each cycle that is served" in " ".join(
        capsys.readouterr().out.split()
    )
