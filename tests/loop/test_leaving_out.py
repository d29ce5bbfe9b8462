"""What would be known without some data, and how well the rest foretells them."""

import math
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

from loop.campaign import Campaign
from loop.errors import CampaignError
from loop.history import History
from loop.knowledge import knowledge
from loop.leaving_out import KEYS, LeftOut, leave_out, parse_criteria
from loop.model import fit_model, statistics_of
from loop.state import State, fold


@pytest.fixture
def state(finished: Path) -> State:
    with History.open(finished) as history:
        return fold(history.records())


def without(finished: Path, *texts: str) -> LeftOut:
    with History.open(finished) as history:
        return leave_out(history, parse_criteria(texts))


def test_a_laboratory(finished: Path, state: State) -> None:
    found = without(finished, "lab=A")
    of_a = [item for item in state.observations if item.provenance.laboratory == "A"]
    assert of_a
    assert [left.observation for left in found.left] == of_a
    assert found.without.observations == found.everything.observations - len(of_a)
    assert found.without.measured == found.everything.measured - len(of_a)


def test_everything_is_what_status_says(finished: Path, state: State, tiny_folder: Path) -> None:
    known = without(finished, "lab=A").everything
    seen = knowledge(Campaign.load(tiny_folder), state)
    assert known.best_measured == seen.best_measured
    assert known.best_predicted == seen.best_predicted
    assert known.scatter == seen.scatter


def test_the_rest_foretells_as_a_fit_to_it_does(finished: Path, state: State, tiny_folder: Path) -> None:
    campaign = Campaign.load(tiny_folder)
    kept = [item for item in state.observations if item.provenance.laboratory != "B"]
    with threadpool_limits(limits=1):
        model = fit_model(campaign, statistics_of(campaign, kept), state.next_cycle - 1)
    found = without(finished, "laboratory=B")
    for left in found.left:
        mean, deviation = model.predict([left.observation.x], target="measured", return_std=True)
        assert left.mean == pytest.approx(float(mean[0]), rel=1e-9)
        total = math.hypot(float(deviation[0]), found.without.scatter)
        assert left.z_score == pytest.approx((left.observation.value - left.mean) / total, rel=1e-6)


def test_several_are_left_out_together(finished: Path, state: State) -> None:
    one, other = state.observations[0].id, state.observations[1].id
    found = without(finished, f"id={one}", f"id={other[:9]}")
    assert {left.observation.id for left in found.left} == {one, other}


@pytest.mark.parametrize("key", [key for key in KEYS if key not in ("person", "laboratory", "id")])
def test_every_key(key: str, finished: Path, state: State) -> None:
    value = KEYS[key](state.values_of("calculated")[0])
    found = without(finished, f"{key}={value}")
    assert {KEYS[key](left.observation) for left in found.left} == {value}


def test_without_the_objective_there_is_no_best(finished: Path) -> None:
    found = without(finished, "target=measured")
    assert found.without.best_measured is None
    assert found.without.measured == 0
    assert all(left.observation.target == "measured" for left in found.left)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lab=Z", ["laboratory = 'Z'", "'A', 'B'"]),
        ("file=x.csv", ["'calculations.csv', 'measurements.csv'"]),
        ("person=Ono", ["person", "none with any"]),
        ("colour=red", ["'colour'", *KEYS]),
        ("lab", ["laboratory=VALUE"]),
    ],
)
def test_what_leaves_nothing_out(text: str, words: list[str], finished: Path) -> None:
    with pytest.raises(CampaignError) as error:
        without(finished, text)
    assert all(word in str(error.value) for word in words), error.value
