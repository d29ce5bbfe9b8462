"""What comes in: each reason to put it aside, and that nothing is counted twice."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from loop.admission import admit, as_news
from loop.campaign import Campaign
from loop.cycle import Cycle
from loop.history import History
from loop.records import CycleRecord, Failure, Provenance, Result, Status
from loop.slots import adapters_of, candidates_of, plugins_of
from loop.state import State, fold


@pytest.fixture
def candidates(tiny: Campaign) -> Any:
    return candidates_of(tiny, adapters_of(tiny, plugins_of(tiny), Path()))


@pytest.fixture
def asked(tiny: Campaign, candidates: Any) -> State:
    """After cycle 0: requests are open, nothing is known."""
    return State().after(Cycle(tiny, candidates)(State(), []))


def _result(request_id: str | None, key: str = "k", x: Any = (0.5,), value: float = 2.0, **more: Any) -> Result:
    given = {"target": "measured", "unit": "muB/f.u.", "uncertainty": None, "label": "FeCo"} | more
    return Result(request_id=request_id, x=x, value=value, provenance=Provenance(key=key, adapter="lab"), **given)


def _open(state: State) -> Any:
    return next(request for request in state.open_requests if request.target == "measured")


def test_an_answer_becomes_an_observation_and_ends_its_request(tiny: Campaign, asked: State) -> None:
    request = _open(asked)
    found = admit(tiny, asked, None, [_result(request.id, x=(0.49,))])
    (observation,) = found.observations
    assert (observation.x, observation.requested_x, observation.value) == ((0.49,), request.x, 2.0)
    assert [(change.request_id, change.status) for change in found.changes] == [(request.id, Status.DONE)]
    assert not found.quarantined


def test_an_unasked_value_is_welcome(tiny: Campaign, asked: State) -> None:
    found = admit(tiny, asked, None, [_result(None)])
    assert [item.request_id for item in found.observations] == [None]
    assert not found.changes


REASONS = {
    "unknown target": ({"target": "Tc"}, "there is no target 'Tc'"),
    "wrong unit": ({"unit": "emu/g"}, "its unit is 'emu/g', expected 'muB/f.u.'"),
    "NaN": ({"value": math.nan}, "its value is nan, expected a finite number"),
    "infinite": ({"value": -math.inf}, "its value is -inf"),
    "uncertainty zero": ({"uncertainty": 0.0}, "its uncertainty is 0.0, expected a positive number"),
    "uncertainty negative": ({"uncertainty": -1.0}, "its uncertainty is -1.0"),
    "uncertainty NaN": ({"uncertainty": math.nan}, "its uncertainty is nan"),
    "outside": ({"x": (1.2,)}, "a = 1.2, expected 0 to 1"),
    "NaN point": ({"x": (math.nan,)}, "a = nan, expected 0 to 1"),
    "too many coordinates": ({"x": (0.5, 0.5)}, "a point has 2 values, expected 1"),
    "no coordinates": ({"x": ()}, "a point has 0 values"),
}


@pytest.mark.parametrize(("change", "reason"), REASONS.values(), ids=REASONS.keys())
def test_what_cannot_be_believed_is_kept_with_the_reason(
    tiny: Campaign, asked: State, change: dict[str, Any], reason: str
) -> None:
    request = _open(asked)
    found = admit(tiny, asked, None, [_result(request.id, **change)])
    (item,) = found.quarantined
    assert reason in item.reason
    assert item.remedy
    assert (item.request_id, item.label) == (request.id, "FeCo")
    assert [(each.status, each.note) for each in found.changes] == [(Status.DONE, f"put aside: {item.reason}")]
    assert not found.observations


def test_a_failure_fails_its_request(tiny: Campaign, asked: State) -> None:
    request = _open(asked)
    failure = Failure(
        request_id=request.id, target="measured", label="FeCo", reason="the furnace broke", remedy="mend it",
        provenance=Provenance(key="f", adapter="lab"),
    )  # fmt: skip
    found = admit(tiny, asked, None, [failure])
    assert [(each.status, each.note) for each in found.changes] == [(Status.FAILED, "the furnace broke")]
    assert [(item.reason, item.remedy, item.x) for item in found.quarantined] == [
        ("the furnace broke", "mend it", None)
    ]


def test_the_same_fact_twice_in_one_collect_counts_once(tiny: Campaign, asked: State) -> None:
    found = admit(tiny, asked, None, [_result(None), _result(None), _result(None)])
    assert (len(found.observations), len(found.quarantined)) == (1, 0)


def test_the_same_fact_answering_two_requests_is_put_aside_once(tiny: Campaign, asked: State) -> None:
    one, two = [request.id for request in asked.open_requests if request.target == "measured"]
    found = admit(tiny, asked, None, [_result(one), _result(two)])
    assert [item.request_id for item in found.observations] == [one]
    assert "is known already" in found.quarantined[0].reason
    assert [change.request_id for change in found.changes] == [one, two]


def test_one_request_is_answered_once(tiny: Campaign, asked: State) -> None:
    request = _open(asked)
    found = admit(tiny, asked, None, [_result(request.id, "k1"), _result(request.id, "k2", value=2.1)])
    assert [change.request_id for change in found.changes] == [request.id]


def test_the_order_of_the_news_is_kept(tiny: Campaign, asked: State) -> None:
    news = [_result(None, key, x=(k / 10,)) for k, key in enumerate("hgfedcba")]
    assert [item.id for item in admit(tiny, asked, None, news).observations] == list("hgfedcba")


def test_news_handed_over_again_adds_nothing(tiny: Campaign, records: list[CycleRecord]) -> None:
    state = fold(records)
    for record in records:
        found = admit(tiny, state, None, as_news(record.observations, record.quarantined, tiny))
        assert found.observations == found.quarantined == found.changes == ()


class StandIn:
    """A model whose prediction is known."""

    def __init__(self, mean: float, deviation: float, variance: float) -> None:
        self._mean, self._deviation = np.array([mean]), np.array([deviation])
        self._variance = np.array([variance])

    def foretell(self, X: Any, target: str, temperature: float) -> Any:
        assert (X.shape, target, math.isnan(temperature)) == ((1, 1), "measured", True)
        return self._mean, self._deviation, self._variance


# prediction 2 ± 0.3, scatter 0.4: standard deviation 0.5, with a stated 1.2: 1.3
@pytest.mark.parametrize(
    ("value", "uncertainty", "z"), [(4.6, None, 5.2), (-0.6, None, -5.2), (2 + 1.3 * 5.2, 1.2, 5.2)]
)
def test_an_implausible_value_is_put_aside_with_its_z(
    tiny: Campaign, asked: State, value: float, uncertainty: float | None, z: float
) -> None:
    model: Any = StandIn(2.0, 0.3, 0.16)
    (item,) = admit(tiny, asked, model, [_result(None, value=value, uncertainty=uncertainty)]).quarantined
    assert item.z_score == pytest.approx(z)
    assert f"{z:+.1f} predictive standard deviations" in item.reason


@pytest.mark.parametrize(("value", "uncertainty"), [(4.4, None), (-0.4, None), (8.4, 1.2)])
def test_a_plausible_value_is_admitted(tiny: Campaign, asked: State, value: float, uncertainty: float | None) -> None:
    model: Any = StandIn(2.0, 0.3, 0.16)
    assert admit(tiny, asked, model, [_result(None, value=value, uncertainty=uncertainty)]).observations


@pytest.mark.parametrize(
    "change", [{}, *(change for change, _ in REASONS.values()), {"value": 40.0, "uncertainty": 0.5}], ids=str
)
def test_what_was_sealed_gives_the_same_news_back(tiny: Campaign, asked: State, change: dict[str, Any]) -> None:
    """Replay depends on it: news → admission → news → the same admission, uncertainties included."""
    model: Any = StandIn(2.0, 0.3, 0.16)
    first = admit(tiny, asked, model, [_result(_open(asked).id, **change)])
    again = admit(tiny, asked, model, as_news(first.observations, first.quarantined, tiny))
    assert repr(again) == repr(first)


def test_a_failure_gives_the_same_news_back(tiny: Campaign, asked: State) -> None:
    failure = Failure(
        request_id=_open(asked).id, target="measured", label="l", reason="r", remedy="m",
        provenance=Provenance(key="f", adapter="lab"),
    )  # fmt: skip
    first = admit(tiny, asked, None, [failure])
    again = admit(tiny, asked, None, as_news(first.observations, first.quarantined, tiny))
    assert repr(again) == repr(first)


@pytest.mark.parametrize("seed", range(8))
def test_a_mixture_in_any_order_gives_the_same_news_back(tiny: Campaign, asked: State, seed: int) -> None:
    ids = [request.id for request in asked.open_requests]
    news = [
        _result(ids[0], "a"), _result(ids[1], "b", value=math.nan), _result(ids[2], "c", x=(0.1,)), _result(None, "a"),
        _result(ids[3], "a"), _result(None, "d", unit="T"), _result(None, "d"), _result(None, "e", x=(0.2,)),
    ]  # fmt: skip
    shuffled = [news[k] for k in np.random.default_rng(seed).permutation(len(news))]
    first = admit(tiny, asked, None, shuffled)
    again = admit(tiny, asked, None, as_news(first.observations, first.quarantined, tiny))
    assert repr(again) == repr(first)


def test_quarantine_survives_the_history(tiny: Campaign, asked: State, finished: Path, tmp_path: Path) -> None:
    item = admit(tiny, asked, None, [_result(None, uncertainty=-0.25)]).quarantined
    with History.open(finished) as source:
        header = replace(source.header, revision=0)
    with History.create(tmp_path / "h", header) as history:
        history.append(CycleRecord(number=0, quarantined=item))
        assert history.read(0).quarantined == item
