"""The tiny campaign at work, and adapters that are not what they should be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from loop.campaign import Campaign
from loop.history import History
from loop.records import CycleRecord
from loop.session import Session

MakeCampaign = Callable[..., Path]
Finish = Callable[..., str]


@pytest.fixture
def tiny(make_campaign: MakeCampaign) -> Campaign:
    """The tiny campaign, loaded."""
    return Campaign.load(make_campaign())


@pytest.fixture
def finish() -> Finish:
    """Run a campaign to its end, or go on with it; give the digest of its history."""

    def run(campaign: Campaign, path: Path, most: int = 60) -> str:
        with Session(campaign, path) as session:
            for _ in range(most):
                if session.is_over:
                    return session.history.digest()
                session.step()
        raise AssertionError(f"not over after {most} steps: {session.state.stopped!r}, {session.state.open_requests}")

    return run


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, tiny_text: str) -> Iterator[Path]:
    """The history of an undisturbed tiny campaign; for reading only."""
    folder = tmp_path_factory.mktemp("finished")
    (folder / "campaign.toml").write_text(tiny_text, encoding="utf-8")
    rows = [f"{k / 11:.4f},{2.2 + k / 11 - 1.5 * (k / 11) ** 2:.4f},muB/f.u." for k in range(12)]
    (folder / "calculations.csv").write_text("\n".join(["a,value,unit", *rows, ""]))
    rows = [f"{k / 7:.4f},{2.1 + 0.9 * k / 7 - 1.4 * (k / 7) ** 2:.4f},muB/f.u." for k in range(8)]
    (folder / "measurements.csv").write_text("\n".join(["a,value,unit", *rows, ""]))
    with Session(Campaign.load(folder), folder / "history") as session:
        while not session.is_over:
            session.step()
    return folder / "history"


@pytest.fixture
def records(finished: Path) -> list[CycleRecord]:
    """The records of an undisturbed tiny campaign."""
    with History.open(finished) as history:
        return list(history.records())
