"""What becomes part of a file name is made of letters that cannot lead out of a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from loop.campaign import Campaign
from loop.errors import CampaignError
from loop.session import Session

BAD = ["../x", "..", "/etc/x", "a/b", "a\\\\b", "", "a b", "\\u0000", "a\\u0000b", "C:x", ".hidden", "1", "ä", "a.b"]


@pytest.mark.parametrize("name", BAD)
def test_a_slot_cannot_be_named_so(make_campaign: Callable[..., Path], name: str) -> None:
    folder = make_campaign(('name = "cluster"', f'name = "{name}"'))
    with pytest.raises(CampaignError, match="name"):
        Campaign.load(folder)


@pytest.mark.parametrize("name", ["../x", "/etc/x", "a/b", "\\u0000"])
def test_a_target_cannot_be_named_so(make_campaign: Callable[..., Path], name: str) -> None:
    folder = make_campaign(("[targets.calculated]", f'[targets."{name}"]'))
    with pytest.raises(CampaignError):
        Campaign.load(folder)


def test_the_ids_of_requests_are_names_of_files(make_campaign: Callable[..., Path]) -> None:
    folder = make_campaign()
    with Session(Campaign.load(folder), folder / "history") as session:
        session.step()
        session.step()
        ids = list(session.state.requests)
    assert ids
    assert all(one == Path(one).name and one.isascii() and one.isprintable() for one in ids)
