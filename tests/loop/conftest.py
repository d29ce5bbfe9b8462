"""The tiny campaign at work, and adapters that are not what they should be."""

from __future__ import annotations

from collections.abc import Callable
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
def finished(tmp_path_factory: pytest.TempPathFactory, tiny_folder: Path) -> Path:
    """The history of an undisturbed tiny campaign; for reading only."""
    path = tmp_path_factory.mktemp("finished") / "history"
    with Session(Campaign.load(tiny_folder), path) as session:
        while not session.is_over:
            session.step()
    return path


@pytest.fixture(scope="session")
def undisturbed(finished: Path) -> str:
    """The digest of an undisturbed tiny campaign."""
    with History.open(finished) as history:
        return history.digest()


@pytest.fixture
def records(finished: Path) -> list[CycleRecord]:
    """The records of an undisturbed tiny campaign."""
    with History.open(finished) as history:
        return list(history.records())
