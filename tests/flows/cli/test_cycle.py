"""``douka cycle`` and the schedules of ``douka serve``: what is refused, before anything is started."""

from __future__ import annotations

import getpass
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.triggers.asking import asked
from flows.triggers.presence import Presence
from loop.campaign import Campaign
from loop.session import Session


@pytest.fixture
def begun(make_campaign: Callable[..., Path]) -> Path:
    """The tiny campaign after one cycle."""
    folder = make_campaign()
    with Session(Campaign.load(folder), folder / "history") as session:
        session.step()
    return folder


def test_without_anybody_who_serves_it_says_what_to_do(begun: Path, douka: Callable) -> None:
    refused = douka("cycle", str(begun))
    assert refused.code == 2
    assert f"nobody serves tiny. To do one cycle here: douka run {begun} --once" in " ".join(refused.err.split())
    assert asked(begun / "history") == ""


def test_it_asks_whoever_serves(begun: Path, douka: Callable) -> None:
    with Presence(begun / "history") as presence:
        presence.tell("http://127.0.0.1:4200")
        said = douka("cycle", str(begun))
        shown = douka("status", str(begun), "--json").out
        assert "pages at http://127.0.0.1:4200" in json.loads(shown)["served"]
        assert "pages at http" in douka("status", str(begun)).out
    assert said.code == 0, said
    assert "pages at http://127.0.0.1:4200" in said.out
    assert asked(begun / "history").startswith(f"asked for by {getpass.getuser()} at 20")


def test_a_paused_campaign_is_not_asked(begun: Path, douka: Callable) -> None:
    douka("pause", str(begun), "--reason", "a leak")
    with Presence(begun / "history"):
        refused = douka("cycle", str(begun))
    assert refused.code == 2
    assert f"To go on: douka resume {begun}" in " ".join(refused.err.split())
    assert asked(begun / "history") == ""


def test_served_already_it_is_not_served_again(begun: Path, douka: Callable) -> None:
    with Presence(begun / "history"):
        refused = douka("serve", str(begun))
    assert refused.code == 2
    assert "is served already, by process" in refused.err
    assert not (begun / ".prefect").exists(), "no server was started"


SCHEDULES = {
    "both": (["--every", "1h", "--cron", "0 6 * * *"], "choose one of them"),
    "zone alone": (["--timezone", "Asia/Tokyo"], "--timezone belongs to --cron"),
    "no cron": (["--cron", "0 6 * *"], "found 4 fields, expected 5"),
    "no zone": (["--cron", "0 6 * * *", "--timezone", "Mars"], "time zone 'Mars'"),
    "no duration": (["--every", "often"], "duration 'often'"),
}


@pytest.mark.parametrize(("options", "words"), SCHEDULES.values(), ids=SCHEDULES.keys())
def test_what_is_no_schedule_starts_nothing(begun: Path, douka: Callable, options: list[str], words: str) -> None:
    refused = douka("serve", str(begun), *options)
    assert refused.code == 2
    assert words in " ".join(refused.err.replace("│", " ").split())
    assert not (begun / ".prefect").exists()
