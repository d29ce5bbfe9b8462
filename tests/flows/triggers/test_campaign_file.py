"""A campaign file that people edit while it is served, and one that cannot be read for a while."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from flows.triggers.campaign_file import CampaignFile
from flows.triggers.lookout import LONGEST_SECONDS
from loop.campaign import Campaign

Clock = Any
"""See the fixture."""


@pytest.fixture
def folder(make_campaign: Callable[..., Path]) -> Path:
    """Of the tiny campaign."""
    return make_campaign()


def _edit(folder: Path, text: str) -> None:
    """Write the file, at a time of its own however coarse the clock of the disk is."""
    file = folder / "campaign.toml"
    stamp = file.stat().st_mtime_ns + 10**9
    file.write_text(text, encoding="utf-8")
    os.utime(file, ns=(stamp, stamp))


def test_it_is_another_one_where_its_text_has_changed(folder: Path, clock: Clock) -> None:
    file = CampaignFile(Campaign.load(folder), pytest.fail, clock)
    text = file.campaign.text
    assert not file.look()
    _edit(folder, text)
    assert not file.look(), "touched, but the same"
    _edit(folder, text.replace("experiments = 5", "experiments = 6"))
    assert file.look()
    assert file.campaign.table.stop.experiments == 6
    assert not file.look()


def test_a_broken_one_is_said_once_and_mended_it_is_read_at_once(folder: Path, clock: Clock) -> None:
    said: list[str] = []
    file = CampaignFile(Campaign.load(folder), said.append, clock)
    text = file.campaign.text
    _edit(folder, "[")
    for _ in range(100):
        assert not file.look()
        clock.pass_by(1.0)
    assert len(said) == 1
    assert "news are looked for as before" in said[0]
    _edit(folder, text + "\n# mended")
    assert file.look()


def test_one_that_cannot_be_read_is_tried_again_although_it_has_not_changed(
    folder: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = CampaignFile(Campaign.load(folder), lambda _: None, clock)
    _edit(folder, file.campaign.text + "\n# more")
    away: list[Path] = []

    def load(place: Path) -> Campaign:
        away.append(place)
        raise OSError("the share is away")

    with monkeypatch.context() as patch:
        patch.setattr(Campaign, "load", load)
        for _ in range(600):
            file.look()
            clock.pass_by(1.0)
    assert 600 / LONGEST_SECONDS < len(away) < 20, "ever less often"
    clock.pass_by(LONGEST_SECONDS)
    assert file.look()
    assert file.campaign.text.endswith("# more")
