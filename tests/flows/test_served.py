"""One cycle as one flow run, called as the function that it is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from flows.runner import deployment_of
from flows.served import campaign_cycle
from loop.campaign import Campaign
from loop.session import Session


def test_a_history_that_is_gone_while_served_is_not_begun_anew(
    make_campaign: Callable[..., Path], tmp_path: Path
) -> None:
    campaign, history = Campaign.load(make_campaign()), tmp_path / "history"
    with Session(campaign, history) as session:
        session.step()
        digest = session.history.digest()
    parameters = deployment_of(campaign, history, timedelta(minutes=30)).parameters
    assert parameters is not None
    moved = history.rename(tmp_path / "moved")
    state = campaign_cycle.fn(**parameters)
    assert state.name == "Failed"
    assert "found no history of tiny" in str(state.message)
    assert not (history / "cycles").exists()
    moved.rename(history)
    with Session(campaign, history, begin=False) as session:
        assert session.history.digest() == digest
