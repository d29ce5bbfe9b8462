"""A history is looked at, continued or held only for the campaign that it is of."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.cli.belonging import require_own_history
from loop.campaign import Campaign
from loop.errors import CampaignError
from loop.session import Session


@pytest.fixture
def begun(make_campaign: Callable[..., Path], tmp_path: Path) -> Path:
    """The campaign ``tiny`` and a history of it."""
    folder = make_campaign()
    with Session(Campaign.load(folder), tmp_path / "history") as session:
        session.step()
    return folder


@pytest.mark.parametrize("words", [("status",), ("pause", "--reason", "x"), ("propose",), ("stop",), ("run", "--once")])
def test_another_campaign_does_not_get_it(begun: Path, tmp_path: Path, douka: Callable, words: tuple[str, ...]) -> None:
    other = tmp_path / "other"
    begun.rename(other)
    file = other / "campaign.toml"
    file.write_text(file.read_text().replace("measured", "magnetization"))
    ended = douka(words[0], str(other), "--history", str(tmp_path / "history"), *words[1:])
    assert ended.code == 2
    assert "is the history of the campaign 'tiny' (Fe-Co, made up), not of 'other'" in " ".join(ended.err.split())
    assert not (tmp_path / "history" / "orders").exists()


def test_a_renamed_or_a_changed_campaign_keeps_its_own(begun: Path, tmp_path: Path) -> None:
    history = tmp_path / "history"
    require_own_history(begun, history)
    file = begun / "campaign.toml"
    text = file.read_text()
    file.write_text(text.replace("measured", "magnetization"))
    require_own_history(begun, history)
    file.write_text(text)
    renamed = begun.rename(tmp_path / "renamed")
    require_own_history(renamed, history)
    (renamed / "campaign.toml").write_text("[")
    require_own_history(renamed, history)
    require_own_history(renamed, tmp_path / "nowhere")
    (renamed / "campaign.toml").write_text(text.replace("measured", "magnetization"))
    with pytest.raises(CampaignError):
        require_own_history(renamed, history)
