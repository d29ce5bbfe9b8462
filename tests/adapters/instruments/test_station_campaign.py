"""A campaign whose laboratory is a station: it ends, and its faults stand in the history with their causes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from loop.campaign import Campaign
from loop.history import History
from loop.records import Status
from loop.replay import replay
from loop.session import Session
from loop.standards import drifts

STANDARDS = 'standards = [{ name = "iron", every = 2, x = { a = 0.0 } }]'
README = Path(__file__).parents[3] / "adapters" / "instruments" / "README.md"


def _station() -> str:
    """The station of the README."""
    (block,) = re.findall(r"```toml\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    return str(block)


@pytest.fixture
def campaign(make_campaign: Callable[..., Path]) -> Campaign:
    folder = make_campaign()
    file = folder / "campaign.toml"
    text = file.read_text(encoding="utf-8")
    before, after = re.split(r"\[\[instruments\]\].*?(?=\n\[[a-z])", text, maxsplit=1, flags=re.DOTALL)
    station = _station().replace("seed = 1", 'seed = 1, faults = { read = { "4" = "exit" } }, faults_file = "FILE"')
    station = station.replace("FILE", str(folder / "count")).replace("every = 0.1", "every = 0")
    station = station.replace("start = 2", f"start = 2\n{STANDARDS}")
    file.write_text(before + station + after, encoding="utf-8")
    return Campaign.load(folder)


@pytest.mark.slow
def test_it_ends_with_every_request_answered(campaign: Campaign, tmp_path: Path) -> None:
    end = time.monotonic() + 240
    with Session(campaign, tmp_path / "history") as session:
        while not session.is_over:
            assert time.monotonic() < end, session.waiting_for()
            session.step()
            time.sleep(0.5)
        requests = [request for request in session.state.requests.values() if request.adapter == "laboratory"]
        (iron,) = drifts(session.state)
    assert (iron.name, iron.slot) == ("iron", "laboratory")
    assert iron.values == pytest.approx(100.0 * 55.845 / 5584.939, rel=0.01)  # σ at a = 0 in μB/f.u.
    assert len(set(iron.values)) == len(iron.values) > 1  # noise of its own each time
    statuses = [request.status for request in requests]
    assert statuses.count(Status.FAILED) == 1
    assert set(statuses) == {Status.DONE, Status.FAILED}
    reasons = [item.reason for item in session.state.quarantine if item.request_id]
    assert any("vsm: its driver ended with status 0 during 'read' (exit)" in reason for reason in reasons)
    with History.open(tmp_path / "history") as history:
        assert [again.differences for again in replay(history) if again.differences] == []
