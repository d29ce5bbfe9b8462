"""Replicates and standards: asked when due, answered once a value, learned from row by row, drift shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.simulators.pool import Pool
from loop.campaign import Campaign
from loop.cycle import Cycle
from loop.errors import CampaignError
from loop.history import History
from loop.records import CycleRecord, Result
from loop.repeating import ANSWERS, REPLICATE, STANDARD
from loop.replay import replay
from loop.session import Session
from loop.standards import Drift, drifts
from loop.state import State, fold
from loop.testing import request_at, slot_context

MakeCampaign = Callable[..., Path]
LAB = "cost = 1\n"
EIGHT = ("experiments = 5", "experiments = 12")
BEST = "repeats = { every = 3 }\n"
STANDARDS = 'standards = [{ name = "iron", every = 4, x = { a = 0 } }]\n'


def _folder(make_campaign: MakeCampaign, keys: str) -> Path:
    """A laboratory that holds five values of every point, so that nothing runs out."""
    folder = make_campaign(EIGHT, (LAB, LAB + keys))
    rows = [
        f"{k / 7:.4f},{2.1 + 0.9 * k / 7 - 1.4 * (k / 7) ** 2 + 0.02 * turn:.4f},muB/f.u.,{lab}"
        for k in range(8)
        for turn, lab in enumerate("ABCDE")
    ]
    (folder / "measurements.csv").write_text("\n".join(["a,value,unit,laboratory", *rows, ""]))
    return folder


def _done(folder: Path, finish: Callable[..., str]) -> State:
    finish(Campaign.load(folder), folder / "history")
    with History.open(folder / "history") as history:
        assert all(not each.differences for each in replay(history))
        return fold(history.records())


def _laboratory(state: State) -> list:
    return [request for request in state.requests.values() if request.adapter == "laboratory"]


@pytest.mark.parametrize("of", ["best", "informative"])
def test_every_third_request_measures_a_point_again(
    make_campaign: MakeCampaign, finish: Callable[..., str], of: str
) -> None:
    folder = _folder(make_campaign, f'repeats = {{ every = 3, of = "{of}" }}\n')
    state = _done(folder, finish)
    asked = _laboratory(state)
    rules = [request.reason.rule for request in asked]
    assert rules.count(REPLICATE) == 4
    for place, request in enumerate(asked):
        before = [each for each in asked[:place] if each.x == request.x]
        if request.reason.rule == REPLICATE:
            assert request.repeats == before[0].id
            assert request.turn == len(before) > 0
            assert np.isfinite(request.reason.mean)
            assert request.reason.text.startswith("one request of 3 measures a point again")
        else:
            assert (request.repeats, request.turn, before) == ("", 0, [])
    values = state.values_of("measured")
    assert len(values) == len(asked) == len({value.id for value in values})
    assert not state.quarantine
    # Each value is a row of its own.
    assert state.statistics is not None
    assert sum(each.count for each in state.statistics.patterns) == len(state.observations)


def test_the_best_is_the_best_measured_point_by_prediction(make_campaign: MakeCampaign, tmp_path: Path) -> None:
    campaign = Campaign.load(_folder(make_campaign, BEST))
    with Session(campaign, tmp_path / "history") as session:
        while not any(each.reason.rule == REPLICATE for each in session.state.requests.values()):
            before = session.state
            record = session.step()
            assert record is not None
    informed = before.after(replace(record, requests=()))
    model = Cycle(campaign, informed.candidates).model(informed)[0]
    assert model is not None
    points = sorted({value.x for value in informed.values_of("measured")})
    again = next(each for each in record.requests if each.reason.rule == REPLICATE)
    assert again.x == points[int(np.argmax(model.predict(np.array(points), target="measured")))]


def test_a_standard_is_measured_again_and_again(make_campaign: MakeCampaign, finish: Callable[..., str]) -> None:
    state = _done(_folder(make_campaign, STANDARDS), finish)
    asked = _laboratory(state)
    assert len({request.id for request in asked}) == len(asked)
    places = [place for place, each in enumerate(asked) if each.reason.rule == STANDARD + "iron"]
    assert len(places) >= 2
    assert all(asked[place].x == (0.0,) for place in places)
    assert min(np.diff(places)) >= 3
    assert "the standard iron, every 4 requests" in asked[places[0]].reason.text
    (drift,) = drifts(state)
    assert (drift.name, drift.slot, drift.target, len(drift.values)) == ("iron", "laboratory", "measured", len(places))


def test_what_a_pool_holds_once_is_not_asked_again(make_campaign: MakeCampaign, finish: Callable[..., str]) -> None:
    folder = _folder(make_campaign, BEST + STANDARDS)
    curve = [(k / 7, 2.1 + 0.9 * k / 7 - 1.4 * (k / 7) ** 2 + 0.02 * (-1) ** k) for k in range(1, 8)]
    rows = [f"{a:.4f},{value:.4f},muB/f.u." for a, value in curve]
    (folder / "measurements.csv").write_text("\n".join(["a,value,unit", *rows, ""]))
    state = _done(folder, finish)
    assert {request.reason.rule for request in _laboratory(state)} == {"start", "ucb"}
    assert state.candidates["laboratory" + ANSWERS].tolist() == [[round(k / 7, 4), 1] for k in range(1, 8)]
    assert not any(request.status == "failed" for request in state.requests.values())


def test_without_repeats_nothing_changes(records: list[CycleRecord]) -> None:
    state = fold(records)
    assert set(state.candidates) == {"cluster", "laboratory"}
    assert not any(request.repeats or request.turn for request in state.requests.values())


@given(seed=st.integers(0, 2**32 - 1), ids=st.permutations(["0-slot-0", "1-slot-0", "2-slot-1", "9-slot-9"]))
def test_a_pool_gives_every_value_once(tmp_path_factory: pytest.TempPathFactory, seed: int, ids: list[str]) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / "four.csv").write_text("a,value,unit,id\n" + "".join(f"0.5,{k},muB/f.u.,{k}\n" for k in range(4)))
    context = slot_context(folder, options={"table": "four.csv"}, seed=seed)
    values = []
    for turn, name in enumerate(ids):
        # A new adapter each time, as after a crash: it knows nothing of the requests before.
        pool, first = Pool(context), ids[0] if turn else ""
        pool.submit(replace(request_at(context, (0.5,)), id=name, repeats=first, turn=turn))
        (result,) = pool.collect()
        assert isinstance(result, Result)
        values.append(result.value)
    assert sorted(values) == [0, 1, 2, 3]
    pool.submit(replace(request_at(context, (0.5,)), id="last", repeats=ids[0], turn=4))
    (refused,) = [each for each in pool.collect() if not isinstance(each, Result)]
    assert refused.reason.endswith("no other row at Fe0.5Co0.5")


@given(values=st.lists(st.floats(-5, 5), min_size=3, max_size=12))
def test_drift_is_the_line_of_numpy(values: list[float]) -> None:
    t = np.arange(len(values))
    found = Drift.of("iron", "lab", "M", np.array(values))
    slope = np.polyfit(t, values, 1)[0]
    assert found.change == pytest.approx(slope * t[-1], abs=1e-9)
    design = np.column_stack([np.ones(len(t)), t])
    rest = np.array(values) - design @ np.linalg.lstsq(design, np.array(values), rcond=None)[0]
    covariance = rest @ rest / (len(t) - 2) * np.linalg.inv(design.T @ design)
    assert found.deviation == pytest.approx(np.sqrt(covariance[1, 1]) * t[-1], abs=1e-9)


def test_two_values_have_no_error_and_one_no_drift() -> None:
    assert Drift.of("iron", "lab", "M", np.array([1.0, 1.5])).change == pytest.approx(0.5)
    assert np.isnan(Drift.of("iron", "lab", "M", np.array([1.0, 1.5])).deviation)
    assert np.isnan(Drift.of("iron", "lab", "M", np.array([1.0])).change)


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ((LAB, LAB + "repeats = { every = 1 }\n"), "instruments.0.repeats.every = 1"),
        ((LAB, LAB + 'repeats = { every = 2, of = "any" }\n'), "instruments.0.repeats.of = 'any'"),
        ((LAB, LAB + STANDARDS.replace("a = 0", "a = 2")), "laboratory.standards.0.x: .*a = 2, expected 0 to 1"),
        ((LAB, LAB + STANDARDS.replace("a = 0", "b = 0")), "standards.0.x: found values of b, expected of a"),
        ((LAB, LAB + STANDARDS.replace("a = 0", "a = 'x'")), "standards.0.x: a: found 'x', expected a number"),
        ((LAB, LAB + STANDARDS.replace("}]", "}").replace("}\n", "}, " + STANDARDS[13:])), "'iron' is used twice"),
        (("cost = 0.1\n", "cost = 0.1\n" + BEST), "simulators.cluster: a calculation gives the same value again"),
        (("[stop]", "[limits]\na = [0.5, 1]\n\n[stop]"), "standards.0.x: .*limits.a: found 0, expected 0.5 to 1"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_key(make_campaign: MakeCampaign, edit: tuple[str, str], said: str) -> None:
    edits = [edit, (LAB, LAB + STANDARDS)] if edit[0] == "[stop]" else [edit]
    with pytest.raises(CampaignError, match=said):
        Campaign.load(make_campaign(*edits))
