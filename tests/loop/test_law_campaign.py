"""A campaign that seeks M at an operating temperature under a law: file, fold, replay, choice."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from loop.assimilation import KeptRows, LaboratoryAssimilation, LaboratoryOffset
from loop.assimilation.laboratories import messages
from loop.campaign import Campaign
from loop.cycle import Cycle
from loop.errors import CampaignError, DataError
from loop.history import History
from loop.magnetism import KuzminLaw, LawModel
from loop.model import fit_model, statistics_of
from loop.policy import FittedBelief
from loop.records import Observation, Provenance
from loop.refolding import retraction
from loop.replay import replay
from loop.session import Session
from loop.state import State, fold

TEXT = """
title = "Nd2(Fe,Co)14B, made up"
seed = 1

[space]
formula = "Nd2(Fe{1-a}Co{a})14B"

[space.variables]
a = { bounds = [0, 1] }

[targets.M]
source = "experiment"
unit = "muB/f.u."
law = "kuzmin"
of = ["M0", "Tc"]
temperature = 450

[targets.M0_calculated]
source = "calculation"
unit = "muB/f.u."

[targets.M0]
source = "experiment"
unit = "muB/f.u."
parents = ["M0_calculated"]
active = "order<=1"

[targets.Tc]
source = "experiment"
unit = "K"

[model]
estimator = "map"
laboratory_offsets = true

[objective]
target = "M"

[[objective.constraints]]
target = "Tc"
at_least = 500

[[simulators]]
name = "cluster"
adapter = "pool"
target = "M0_calculated"
slots = 2
start = 5
cost = 0.1
options = { table = "calculations.csv" }

[[instruments]]
name = "magnetometer"
adapter = "archive"
target = "M"
start = 4
slots = 1
options = { table = "magnetizations.csv" }

[[instruments]]
name = "calorimeter"
adapter = "archive"
target = "Tc"
start = 3
slots = 1
options = { table = "curies.csv" }

[stop]
experiments = 12
"""
LAW = KuzminLaw(0.7, 2.5)


def zero(x):
    return 36.0 + 4.0 * x - 16.0 * x**2


def curie(x):
    return 585.0 + 720.0 * x - 300.0 * x**2


def _tables(folder: Path) -> None:
    x = np.linspace(0, 1, 15)
    rng = np.random.default_rng(0)
    (folder / "calculations.csv").write_text(
        "a,value,unit\n" + "".join(f"{a:.4f},{zero(a) - 3 - 2 * a:.4f},muB/f.u.\n" for a in x), encoding="utf-8"
    )
    T = [4.2, 300.0, 450.0] * 5
    M = (zero(x) + 0.2 * rng.normal(size=15)) * LAW.reduced(np.array(T) / curie(x))
    rows = [f"{a:.4f},{m:.4f},muB/f.u.,{t},{'AB'[k % 2]}\n" for k, (a, m, t) in enumerate(zip(x, M, T, strict=True))]
    (folder / "magnetizations.csv").write_text(
        "a,value,unit,temperature_K,laboratory\n" + "".join(rows), encoding="utf-8"
    )
    rows = [f"{a:.4f},{curie(a) + 4 * rng.normal():.1f},K,A\n" for a in x]
    (folder / "curies.csv").write_text("a,value,unit,laboratory\n" + "".join(rows), encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("law")
    (path / "campaign.toml").write_text(TEXT, encoding="utf-8")
    _tables(path)
    return path


@pytest.fixture(scope="module")
def finished(folder: Path) -> tuple[Campaign, Path]:
    campaign = Campaign.load(folder)
    with Session(campaign, folder / "history") as session:
        while not session.is_over:
            session.step()
    return campaign, folder / "history"


@pytest.fixture(scope="module")
def state(finished: tuple[Campaign, Path]) -> State:
    with History.open(finished[1]) as history:
        return fold(history.records())


def test_runs_to_its_end_and_replays_bit_by_bit(finished: tuple[Campaign, Path], state: State) -> None:
    _, path = finished
    assert sum(item.target in {"M", "Tc"} for item in state.observations) == 12
    assert {item.temperature for item in state.values_of("M")} <= {4.2, 300.0, 450.0}
    assert {item.temperature for item in state.values_of("Tc")} == {None}
    with History.open(path) as history:
        again = list(replay(history))
    assert len(again) > 5
    assert not [each.differences for each in again if each.differences]


def test_rows_are_kept_and_the_model_is_that_of_the_law(finished: tuple[Campaign, Path], state: State) -> None:
    campaign, _ = finished
    assert isinstance(state.statistics, KeptRows)
    anew = statistics_of(campaign, state.observations)
    for name, array in anew.to_arrays().items():
        np.testing.assert_array_equal(state.statistics.to_arrays()[name], array)
    model = Cycle(campaign, state.candidates).model(state)[0]
    assert isinstance(model, LawModel)
    x = np.linspace(0, 1, 9)
    mean, std = model.predict(x[:, None], target="M", return_std=True)
    truth = zero(x) * LAW.reduced(450 / curie(x))
    assert np.abs((mean - truth) / std).max() < 5
    assert [each.laboratory for each in model.laboratories_ if each.target == "M0"] == ["A", "B"]


def test_a_retraction_refolds_the_rows(finished: tuple[Campaign, Path], state: State) -> None:
    campaign, _ = finished
    taken = state.values_of("M")[0]
    after = state.after(retraction(campaign, state, taken.id, "typed twice"))
    kept = [item for item in state.observations if item.id != taken.id]
    assert after.statistics is not None
    for name, array in statistics_of(campaign, kept).to_arrays().items():
        np.testing.assert_array_equal(after.statistics.to_arrays()[name], array)
    aside = after.quarantine[-1]
    assert aside.temperature == taken.temperature


def test_choice_sees_the_law_linearized(finished: tuple[Campaign, Path], state: State) -> None:
    """What rules believe of M agrees with the law, and asking for M teaches of M0 and Tc."""
    model = fit_model(finished[0], state.statistics, 7)
    X = np.linspace(0, 1, 7)[:, None]
    belief = FittedBelief(model)
    mean, std = model.predict(X, target="M", return_std=True)
    np.testing.assert_allclose(belief.mean(X, "M"), mean, rtol=2e-3)
    np.testing.assert_allclose(belief.deviation(X, "M"), std, rtol=0.05)
    draws = belief.draw(4000, "M", np.random.default_rng(0)).values(X)
    np.testing.assert_allclose(draws.mean(axis=1), mean, atol=0.1 * std.max())
    np.testing.assert_allclose(draws.std(axis=1), std, rtol=0.1)
    after = belief.conditioned(np.array([[0.5]]), "M")
    for target in ("M", "M0"):
        assert after.deviation(np.array([[0.5]]), target) < 0.99 * belief.deviation(np.array([[0.5]]), target)
    assert belief.gaussian().variance(X, "M") == pytest.approx(std**2, rel=0.1)


def test_a_value_far_from_the_prediction_at_its_own_temperature_is_put_aside(
    finished: tuple[Campaign, Path], state: State
) -> None:
    model = fit_model(finished[0], state.statistics, 7)
    X = np.array([[0.2], [0.2], [0.2]])
    mean, deviation, variance = model.foretell(X, "M", [4.2, 300.0, np.nan])
    truth = zero(0.2) * LAW.reduced(np.array([4.2, 300.0, 450.0]) / curie(0.2))
    assert np.all(np.abs(mean - truth) < 4 * np.sqrt(deviation**2 + variance))
    assert np.all(variance > 0)
    assert mean[0] - mean[1] > 2


def test_only_what_is_measured_where_it_is_sought_is_best(finished: tuple[Campaign, Path]) -> None:
    with History.open(finished[1]) as history:
        records = list(history.records())
    final = fold(records)
    label = records[-1].summary["best_measured"]
    at = {item.label for item in final.values_of("M") if item.temperature == 450.0}
    assert label in at


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('law = "kuzmin"', 'law = "curie"', "law 'curie': expected one of kuzmin"),
        ('of = ["M0", "Tc"]\n', "", "expected 'of ="),
        ('of = ["M0", "Tc"]', 'of = ["Tc", "M0"]', r"expected one in muB/f\.u\. and one in K"),
        ('of = ["M0", "Tc"]', 'of = ["M0_calculated", "Tc"]', "'M0_calculated' as M at 0 K, expected an experimental"),
        ("temperature = 450\n", "", "has a law: expected"),
        ('law = "kuzmin"\n', "", "belong to a 'law'"),
        ('estimator = "map"', 'estimator = "mle"', "'mle': a law or offsets"),
        ('"Nd2(Fe{', '"Nd1Dy1(Fe{', "holds Dy, heavy rare earths"),
        ('[targets.Tc]\nsource = "experiment"', '[targets.Tc]\nparents = ["M0"]\nsource = "experiment"', "leans on"),
    ],
)
def test_a_law_that_does_not_fit_is_refused(folder: Path, old: str, new: str, words: str) -> None:
    assert TEXT.count(old) == 1
    with pytest.raises(CampaignError, match=words):
        Campaign.parse(TEXT.replace(old, new), folder / "campaign.toml")


def _linear(folder: Path) -> Campaign:
    text = TEXT[: TEXT.index("[targets.M]")] + TEXT[TEXT.index("[targets.M0_calculated]") :]
    text = text.replace('target = "M"\n', 'target = "M0"\n')
    return Campaign.parse(text, folder / "campaign.toml")


def _observed(target: str, a: float, value: float, laboratory: str) -> Observation:
    return Observation(
        id=f"{target} {a} {laboratory}",
        target=target,
        x=(a,),
        value=value,
        uncertainty=None,
        label="",
        request_id=None,
        requested_x=None,
        provenance=Provenance(key="", adapter="", laboratory=laboratory),
    )


def test_any_campaign_can_learn_offsets_of_laboratories(folder: Path) -> None:
    campaign, rng = _linear(folder), np.random.default_rng(0)
    shift = {"A": 1.0, "B": -1.0, "C": 0.5, "": 0.0}
    rows = [_observed("M0_calculated", a, zero(a) - 3, "") for a in np.linspace(0, 1, 12)]
    rows += [
        _observed("M0", a, zero(a) + shift[lab] + 0.1 * rng.normal(), lab) for a in rng.random(10) for lab in "ABC"
    ]
    rows += [_observed("Tc", a, curie(a), "") for a in rng.random(5)]
    model = fit_model(campaign, statistics_of(campaign, rows), 0)
    assert isinstance(model, LaboratoryAssimilation)
    found = {each.laboratory: each for each in model.laboratories_}
    assert set(found) == {"A", "B", "C"}
    assert found["A"].mean - found["B"].mean == pytest.approx(2.0, abs=0.2)
    assert found["C"].rows == 10
    mean, std = model.predict([[0.5]], target="M0", return_std=True)
    assert abs(mean[0] - zero(0.5)) < 3 * std[0]
    # a value scatters as laboratories do
    assert 0.5 < np.sqrt(model.foretell(np.array([[0.5]]), "M0")[2][0]) < 3
    assert model.foretell(np.array([[0.5]]), "Tc")[2][0] == pytest.approx(model.residual_covariance_[2, 2])


def test_laboratories_that_are_certainly_off_are_named_the_furthest_first() -> None:
    offsets = [
        LaboratoryOffset("A", "M0", 0.5, 0.1, 3),
        LaboratoryOffset("B", "M0", -2.0, 0.25, 1),
        LaboratoryOffset("C", "M0", 0.5, 0.2, 9),
    ]
    assert messages(offsets) == (
        "'B' reads 'M0' 2 ± 0.25 below the typical laboratory (1 value)",
        "'A' reads 'M0' 0.5 ± 0.1 above the typical laboratory (3 values)",
    )


def test_kept_rows_add_round_trip_and_refuse_others(finished: tuple[Campaign, Path], state: State) -> None:
    campaign, _ = finished
    whole = statistics_of(campaign, state.observations)
    parts = statistics_of(campaign, ()) + statistics_of(campaign, state.observations[:5])
    parts = parts + statistics_of(campaign, state.observations[5:])
    again = type(whole).from_arrays(parts.to_arrays())
    for name, array in whole.to_arrays().items():
        np.testing.assert_array_equal(again.to_arrays()[name], array)
    assert whole.count == len(state.observations)
    assert whole.counts.sum() == whole.count
    with pytest.raises(DataError, match="merge only with such"):
        whole + statistics_of(_linear(campaign.folder), ())
