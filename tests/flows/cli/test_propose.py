"""``douka propose`` shows what the next cycle will ask, explains it, and changes nothing."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from loop.campaign import Campaign
from loop.history import History
from loop.session import Session
from loop.state import fold
from loop.upcoming import upcoming

MakeCampaign = Callable[..., Path]


def _cycles(campaign: Path, count: int) -> None:
    with Session(Campaign.load(campaign), campaign / "history") as session:
        for _ in range(count):
            session.step()


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_at_the_start_it_shows_what_the_first_cycle_asks(douka: Callable, make_campaign: MakeCampaign) -> None:
    campaign = make_campaign()
    before = _files(campaign)
    shown = json.loads(douka("propose", str(campaign), "--json").out)
    assert _files(campaign) == before
    _cycles(campaign, 1)
    with History.open(campaign / "history") as history:
        asked = fold(history.records()).requests
    assert [each["id"] for each in shown["requests"]] == list(asked)
    assert [tuple(each["x"]) for each in shown["requests"]] == [each.x for each in asked.values()]
    assert shown["requests"][0]["reason"]["mean"] is None


@pytest.fixture
def stopped(make_campaign: MakeCampaign) -> Path:
    campaign = make_campaign()
    _cycles(campaign, 12)
    return campaign


def test_a_campaign_that_is_over_says_why_and_what_it_would_ask(douka: Callable, stopped: Path) -> None:
    before = _files(stopped)
    ended = douka("propose", str(stopped))
    assert ended.code == 0
    assert "the campaign is over: 5 measurements were asked for" in ended.out
    assert "laboratory-0" in ended.out
    assert "±" in ended.out
    assert _files(stopped) == before


def test_why_explains_one_request(douka: Callable, stopped: Path) -> None:
    shown = json.loads(douka("propose", str(stopped), "--json").out)
    name = shown["requests"][0]["id"]
    ended = douka("propose", str(stopped), "--why", name)
    words = " ".join(ended.out.split())
    for expected in (
        name,
        "asked of laboratory, for measured (experiment)",
        "ucb: ",
        "predicted",
        "beat",
        "cost 1 request",
    ):
        assert expected in words
    assert json.loads(douka("propose", str(stopped), "--why", name, "--json").out)["id"] == name


def test_why_tells_worth_and_feasibility(douka: Callable, make_campaign: MakeCampaign) -> None:
    constraint = "{ target = 'calculated', at_least = 2.0, probability = 0.8 }"
    sought = f'worth = "2*measured - calculated"\nunit = "a.u."\nconstraints = [{constraint}]'
    campaign = make_campaign(('[objective]\ntarget = "measured"', f'[objective]\ntarget = "measured"\n{sought}'))
    _cycles(campaign, 12)
    shown = json.loads(douka("propose", str(campaign), "--json").out)
    experiments = [each["id"] for each in shown["requests"] if each["source"] == "experiment"]
    words = " ".join(douka("propose", str(campaign), "--why", experiments[0]).out.split())
    assert "a.u., that is 2*measured - calculated" in words
    assert "feasible with probability" in words
    assert "asked for calculated ≥ 2 (p ≥ 0.8)" in words
    assert "teaches expected to lower the deviation of measured there from" in words
    assert "a.u." in douka("status", str(campaign)).out


def test_an_unknown_id_is_told_which_there_are(douka: Callable, stopped: Path) -> None:
    ended = douka("propose", str(stopped), "--why", "000000-nobody-0")
    assert ended.code == 2
    assert "--why 000000-nobody-0: no such request" in ended.err
    assert "laboratory-0" in ended.err


def test_what_is_under_way_counts_and_can_be_explained(make_campaign: MakeCampaign, douka: Callable) -> None:
    campaign = make_campaign()
    _cycles(campaign, 1)
    shown = json.loads(douka("propose", str(campaign), "--json").out)
    assert shown["requests"] == []
    assert len(shown["pending"]) == 4
    words = " ".join(douka("propose", str(campaign)).out.split())
    assert "nothing would be asked now" in words
    assert "4 requests are under way and count as done" in words
    assert "drawn at random" in douka("propose", str(campaign), "--why", shown["pending"][0]).out


def test_it_is_a_pure_function_of_what_is_known(stopped: Path) -> None:
    with History.open(stopped / "history") as history:
        state = fold(history.records())
    campaign = Campaign.load(stopped)
    assert repr(upcoming(campaign, state, {})) == repr(upcoming(campaign, state, {}))
