"""What figures show, held against the history itself."""

import csv
import io
import math
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

from loop.campaign import Campaign
from loop.errors import DataError
from loop.figures import data
from loop.history import History
from loop.knowledge import knowledge
from loop.records import Source


@pytest.fixture(scope="module")
def campaign(tiny_folder: Path) -> Campaign:
    return Campaign.load(tiny_folder)


@pytest.fixture(scope="module")
def moment(finished: Path, campaign: Campaign) -> data.Moment:
    with History.open(finished) as kept:
        return data.Moment.of(campaign, kept.records())


def test_nothing_draws_here() -> None:
    [folder] = data.__path__
    texts = [file.read_text(encoding="utf-8") for file in Path(folder).glob("*.py")]
    assert len(texts) > 10
    assert not any("matplotlib" in line and "import" in line for text in texts for line in text.splitlines())


def test_the_digest_is_that_of_the_history(moment: data.Moment, undisturbed: str) -> None:
    assert moment.digest == undisturbed


def test_progress_is_the_best_of_what_was_known(moment: data.Moment, campaign: Campaign) -> None:
    shown = data.progress(moment)
    assert shown.spent[-1] == pytest.approx(moment.state.spent)
    for place, cycle in enumerate(shown.cycles):
        then = data.Moment.of(campaign, moment.records, int(cycle))
        values = [item.value for item in then.state.values_of("measured")]
        assert np.array_equal([shown.best[place]], [max(values, default=math.nan)], equal_nan=True)
        assert (shown.sample_cycles <= cycle).sum() == len(values)
    assert list(shown.sample_worths) == [item.value for item in moment.state.values_of("measured")]


def test_a_band_is_what_the_model_predicts(moment: data.Moment) -> None:
    shown = data.band(moment, "a", points=11)
    assert shown is not None
    assert moment.model is not None
    mean, deviation = moment.model.predict(np.linspace(0, 1, 11)[:, None], target="measured", return_std=True)
    assert np.array_equal(shown.mean, mean)
    assert np.array_equal(shown.deviation, deviation)
    assert len(shown.nearby.values) == len(moment.state.values_of("measured"))
    assert shown.nearby.elsewhere == 0
    low, high = shown.ends(2.0)
    assert np.allclose(high - low, 4 * deviation)


def test_a_band_of_the_calculation(moment: data.Moment) -> None:
    shown = data.band(moment, "a", target="calculated", points=5)
    assert shown is not None
    assert (shown.target, shown.unit) == ("calculated", "muB/f.u.")
    assert len(shown.nearby.values) == len(moment.state.values_of("calculated"))


def test_what_is_not_there_is_named(moment: data.Moment) -> None:
    with pytest.raises(DataError, match="'b' is no variable of tiny0; it has a"):
        data.band(moment, "b")
    with pytest.raises(DataError, match="'M' is no target of tiny0; it has calculated, measured"):
        data.band(moment, "a", target="M")
    with pytest.raises(DataError, match="needs two variables"):
        data.plane(moment, ("a", "a"))


def test_innovations_are_what_was_foretold(moment: data.Moment, campaign: Campaign) -> None:
    shown = data.innovations(moment)
    pairs = [
        (item, moment.state.requests[item.request_id])
        for item in moment.state.values_of("measured")
        if item.request_id and math.isfinite(moment.state.requests[item.request_id].reason.mean)
    ]
    assert len(shown.z) == len(pairs) > 0
    for z, (item, request) in zip(shown.z, pairs, strict=True):
        scatter = float(moment.records[request.cycle].summary["scatter"])
        spread = math.sqrt(request.reason.deviation**2 + scatter**2)
        assert z == pytest.approx((item.value - request.reason.mean) / spread)
    assert shown.counts().sum() == len(pairs)
    assert shown.expected().sum() == pytest.approx(len(pairs))
    within = [abs(z) <= 1 for z in shown.z]
    assert list(shown.coverage(1.0)) == pytest.approx([sum(within[: k + 1]) / (k + 1) for k in range(len(within))])
    foretold = [guess for guess in knowledge(campaign, moment.state).foretold if guess is not None]
    assert [guess.mean for guess in foretold] == [
        each.mean for each in data.foretold(moment) if each.source == "experiment"
    ]
    assert len(data.innovations(moment, None).z) > len(data.innovations(moment, Source.CALCULATION).z) > 0


def test_nominal_coverage() -> None:
    for level in data.LEVELS:
        assert data.nominal(level) == pytest.approx(norm.cdf(level) - norm.cdf(-level))


def test_parity_by_laboratory(moment: data.Moment) -> None:
    shown = data.parity(moment)
    rows = shown.by_laboratory()
    assert sorted(np.concatenate(list(rows.values()))) == list(range(len(shown.values)))
    for name, own in rows.items():
        assert {shown.laboratories[row] for row in own} == {name}
    assert np.isfinite(shown.now).all()
    assert np.isnan(shown.before[:2]).all()
    assert set(data.parity(moment, "calculated").by_laboratory()) == {"cluster"}


def test_spend_adds_up(moment: data.Moment) -> None:
    shown = data.spend(moment)
    assert shown.slots == ("cluster", "laboratory")
    assert shown.costs[-1].sum() == pytest.approx(moment.state.spent)
    assert shown.counts[-1].sum() == len(moment.state.requests)
    assert (np.diff(shown.counts, axis=0) >= 0).all()


def test_before_the_first_cycle_and_after_one(campaign: Campaign, moment: data.Moment) -> None:
    for then in (data.Moment.of(campaign, ()), data.Moment.of(campaign, moment.records, 0)):
        assert then.model is None
        assert then.problem
        assert data.band(then, "a") is None
        assert len(data.innovations(then).z) == len(data.parity(then).values) == 0
        assert data.leading(then) == ("a",)
        for table in (data.progress(then).table(), data.spend(then).table(), data.innovations(then).table()):
            assert len(table) == len(then.records) or len(table) == 0
            assert table.csv()


def test_a_table_as_csv_and_json() -> None:
    shown = data.Table("t", (data.column("x", np.array([0.1, np.nan]), "K"), data.column("what", ("a,b", None))))
    text = shown.csv(["of tiny"])
    assert text.splitlines()[:2] == ["# t", "# of tiny"]
    assert list(csv.reader(io.StringIO(text)))[2:] == [["x (K)", "what"], ["0.1", "a,b"], ["", ""]]
    assert shown.as_json() == {"title": "t", "units": {"x": "K"}, "columns": {"x": [0.1, None], "what": ["a,b", None]}}
