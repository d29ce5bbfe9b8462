"""A doubtful calculation is put aside and asked for once more; what comes again is believed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from loop.admission import as_news
from loop.campaign import Campaign
from loop.cycle import Cycle
from loop.records import CycleRecord, Provenance, Request, Result, Source
from loop.second_start import RULE
from loop.slots import adapters_of, candidates_of, plugins_of
from loop.state import State

MakeCampaign = Callable[..., Path]
ON = ("[stop]", "[admit]\nmagnetism = true\n\n[stop]")


def _moment(x: float) -> float:
    return 2.2 + x - 1.5 * x**2


def _result(
    x: float, value: float, key: str = "", request: Request | None = None, target: str = "calculated"
) -> Result:
    return Result(
        request_id=request.id if request else None, target=target, x=(x,), value=value, unit="muB/f.u.",
        uncertainty=None, label=f"{x:g}", provenance=Provenance(key=key or f"{target} {x} {value}", adapter="cluster"),
    )  # fmt: skip


class Game:
    """A campaign whose calculations the test makes up."""

    def __init__(self, folder: Path) -> None:
        self.campaign = Campaign.load(folder)
        candidates = candidates_of(self.campaign, adapters_of(self.campaign, plugins_of(self.campaign), Path()))
        self.cycle, self.state = Cycle(self.campaign, candidates), State()

    def turn(self, *news: Result) -> CycleRecord:
        record = self.cycle(self.state, news)
        again = self.cycle(self.state, as_news(record.observations, record.quarantined, self.campaign))
        for one, other in ((again.observations, record.observations), (again.requests, record.requests)):
            assert repr(one) == repr(other)
        assert sorted(map(repr, again.quarantined)) == sorted(map(repr, record.quarantined))
        self.state = self.state.after(record)
        return record

    def second(self) -> list[Request]:
        return [request for request in self.state.requests.values() if request.reason.rule == RULE]


@pytest.fixture
def game(make_campaign: MakeCampaign) -> Game:
    """Eight calculations are known, all good."""
    game = Game(make_campaign(ON))
    record = game.turn(*(_result(k / 11, _moment(k / 11)) for k in range(0, 12, 2)))
    assert not record.quarantined
    return game


def test_off_nothing_happens(make_campaign: MakeCampaign) -> None:
    game = Game(make_campaign())
    news = [_result(k / 11, _moment(k / 11) if k != 5 else 0.0) for k in range(12)]
    assert not game.turn(*news).quarantined
    assert not game.second()


def test_a_vanished_moment_is_asked_for_once(game: Game) -> None:
    x = 5 / 11
    (doubted,) = game.turn(_result(x, 0.001)).quarantined
    assert "magnetic sanity: |M| = 0.001 muB/f.u., next to nothing" in doubted.reason
    (request,) = game.second()
    assert (request.x, request.adapter, request.source) == ((x,), "cluster", Source.CALCULATION)
    assert "once more, from other initial moments" in request.reason.text
    game.turn()
    assert len(game.second()) == 1
    record = game.turn(_result(x, _moment(x), request=request))
    assert [item.value for item in record.observations] == [_moment(x)]
    game.turn()
    assert len(game.second()) == 1


def test_what_comes_again_is_believed(game: Game) -> None:
    x = 5 / 11
    game.turn(_result(x, 0.0))
    (request,) = game.second()
    record = game.turn(_result(x, 0.001, request=request))
    assert [item.value for item in record.observations] == [0.001]


def test_another_doubtful_value_stays_aside_and_is_not_asked_for_a_third_time(game: Game) -> None:
    x = 5 / 11
    game.turn(_result(x, 0.0))
    (request,) = game.second()
    (doubted,) = game.turn(_result(x, 1.2, request=request)).quarantined
    assert "is a jump" in doubted.reason
    game.turn()
    assert len(game.second()) == 1


def test_two_solutions_are_for_a_person(game: Game) -> None:
    x = 4 / 11
    (doubted,) = game.turn(_result(x, 1.1)).quarantined
    assert "two solutions for one composition: 1.1 and 2.36" in doubted.reason
    (request,) = game.second()
    (again,) = game.turn(_result(x, 1.1, key="again", request=request)).quarantined
    assert "two solutions" in again.reason
    game.turn()
    assert len(game.second()) == 1


def test_values_that_come_together_judge_each_other(make_campaign: MakeCampaign) -> None:
    news = [_result(k / 11, _moment(k / 11) if k != 5 else 0.0) for k in range(12)]
    news.append(_result(7 / 11, 1.0))
    records = []
    for order in (news, news[::-1]):
        game = Game(make_campaign(ON))
        record = game.turn(*order)
        records.append(sorted(item.label for item in record.quarantined))
        assert {request.x for request in game.second()} <= {(5 / 11,), (7 / 11,)}
        assert game.second()
    assert records[0] == records[1] == [f"{5 / 11:g}", f"{7 / 11:g}", f"{7 / 11:g}"]


def test_measurements_are_not_judged(game: Game) -> None:
    news = [replace(_result(k / 7, 2.1, target="measured"), uncertainty=0.1) for k in range(5)]
    assert not game.turn(*news, _result(0.35, 2.1, key="vanished", target="measured")).quarantined


def test_places_and_limits_bound_second_starts(make_campaign: MakeCampaign) -> None:
    folder = make_campaign(ON, ("[stop]\nexperiments = 5", "[limits]\na = [0, 0.4]\n\n[stop]\nexperiments = 5"))
    game = Game(folder)
    bad = {2, 4, 9}
    game.turn(*(_result(k / 20, 0.0 if k in bad else _moment(k / 20)) for k in range(20)))
    assert {request.x for request in game.second()} == {(0.1,), (0.2,)}
    assert np.all([request.x[0] <= 0.4 for request in game.second()])
