"""The finite-temperature model against quadrature, against its truth, and where there is little to go by."""

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import halfnorm, norm

from loop.assimilation import FunctionBasis, PolynomialBasis
from loop.errors import CampaignError, CompositionError, DataError, EstimationError
from loop.magnetism import BrillouinLaw, CurieBlochLaw, FiniteTemperature, KuzminLaw, Row

LINE = PolynomialBasis(1, 2)


def reading(value, T=300.0, x=(0.5,), lab="L0", **more):
    return Row(x=x, quantity="magnetization", source="experiment", temperature=T, value=value, laboratory=lab, **more)


def curie(value, x=(0.5,), lab="L0", source="experiment"):
    return Row(x=x, quantity="curie_temperature", source=source, value=value, laboratory=lab)


def calculation(value, x):
    return Row(x=x, quantity="magnetization", source="calculation", value=value)


@pytest.fixture(scope="module")
def fitted(family):
    magnets, rng = family(0)
    rows = magnets.calculations(rng, 25) + magnets.magnetizations(rng, 40) + magnets.curies(rng, 15)
    return magnets, rows, FiniteTemperature(LINE, active={"M0": "order<=1"}, random_state=3).fit(rows)


def quadrature(model, law, rows, curies, temperatures):
    """One compound, shape known: integrate (M0, Tc, log s_M, log s_T) on a grid, every sample's Tc by quadrature."""
    scaling = model.posterior.scaling
    centre, unit = scaling.centre, scaling.unit
    values, T, sd = (np.array([getattr(r, name) for r in rows]) for name in ("value", "temperature", "deviation"))
    grid = np.linspace(-7, 7, 43)
    M, C = (mean + std * grid for mean, std in (model.target([[0.0]], name) for name in ("M0", "Tc")))
    a, b = np.linspace(-4.5, 0.8, 15) + np.log(unit[0]), np.linspace(-4.5, 0.8, 15) + np.log(unit[1])
    nodes, weights = np.polynomial.hermite_e.hermegauss(9)
    logs = np.zeros((len(M), len(C), len(a), len(b)))
    for value, t, s in zip(values, T, sd, strict=True):
        sample = C[:, None, None] + np.exp(b)[:, None] * nodes
        m = law.reduced(t / np.maximum(sample, 1.0))[None, :, None]
        spread = np.sqrt(m**2 * np.exp(2 * a)[:, None, None] + s**2)
        density = norm.pdf(value, M[:, None, None, None, None] * m, spread)
        logs += np.log(density @ weights / weights.sum() + 1e-300)
    for value in curies:
        logs += norm.logpdf(value, C[:, None], np.exp(b))[None, :, None, :]
    logs += norm.logpdf(M, centre[0], 2 * unit[0])[:, None, None, None]
    logs += norm.logpdf(C, centre[1], 2 * unit[1])[:, None, None]
    logs += (halfnorm.logpdf(np.exp(a), scale=0.5 * unit[0]) + a)[:, None]
    logs += halfnorm.logpdf(np.exp(b), scale=0.5 * unit[1]) + b
    w = np.exp(logs - logsumexp(logs)).sum(axis=(2, 3))
    out = []
    for value in (
        M[:, None] + 0 * C,
        C[None] + 0 * M[:, None],
        *(M[:, None] * law.reduced(t / C) for t in temperatures),
    ):
        mean = np.sum(w * value)
        out.append((mean, np.sqrt(np.sum(w * value**2) - mean**2)))
    return np.array(out)


@pytest.mark.parametrize(("seed", "hot"), [(1, 450.0), (2, 540.0)])
def test_linearizing_agrees_with_quadrature(seed, hot):
    """One compound with Tc = 580 K, values at 4 K and up to 40 K below Tc: what the linearization costs."""
    rng, law = np.random.default_rng(seed), KuzminLaw(0.6, 2.5, 0.0, 0.0)
    T = np.r_[4.0, 4.0, 300.0, 300.0, np.full(4, hot)]
    zero, tc = 30 + 0.5 * rng.normal(size=8), 580 + 6 * rng.normal(size=8)
    rows = [reading(v, t, (0.0,), None, deviation=0.2) for v, t in zip(zero * law.reduced(T / tc), T, strict=True)]
    curies = [curie(580 + 6 * rng.normal(), (0.0,), None) for _ in range(4)]
    basis = FunctionBasis(1, {"1": lambda X: np.ones(len(X))})
    model = FiniteTemperature(basis, law=law).fit(rows + curies)
    exact = quadrature(model, law, rows, [row.value for row in curies], (300.0, hot))
    found = [*model.zero_temperature([[0.0]]), *model.curie_temperature([[0.0]])]
    found += [each for t in (300.0, hot) for each in model.predict([[0.0]], t, return_std=True)]
    found = np.array(found).reshape(-1, 2)
    np.testing.assert_array_less(np.abs(found[:, 0] - exact[:, 0]), 0.1 * exact[:, 1])
    np.testing.assert_allclose(found[:, 1], exact[:, 1], rtol=0.1)
    assert model.linearization_.settled


def test_predicts_the_truth_at_every_temperature(fitted):
    magnets, _, model = fitted
    x = np.linspace(0.0, 1.0, 21)
    for T in (0.0, 300.0, 450.0, 700.0):
        mean, std, band = model.predict(x[:, None], T, return_std=True, quantiles=(0.005, 0.5, 0.995))
        truth = magnets.magnetization(x, T)
        assert np.all((band[:, 0] - 1e-9 <= truth) & (truth <= band[:, 2] + 1e-9))
        assert np.abs(mean - band[:, 1]).max() < 0.4 * std.max() + 1e-9
        assert std.max() < 2.0


def test_zero_kelvin_is_the_zero_temperature_target(fitted):
    _, _, model = fitted
    x = np.linspace(0, 1, 5)[:, None]
    mean, std = model.predict(x, 0.0, return_std=True)
    np.testing.assert_allclose((mean, std), model.zero_temperature(x), rtol=1e-6)
    assert not np.any(model.predict(x, 5000.0, return_std=True))


def test_cobalt_lowers_m_when_cold_and_a_finite_content_maximizes_it_when_hot(family):
    magnets, rng = family(7)
    rows = magnets.calculations(rng, 25) + magnets.magnetizations(rng, 40) + magnets.curies(rng, 15)
    model = FiniteTemperature(LINE, active={"M0": "order<=1"}).fit(rows)
    x = np.linspace(0.0, 1.0, 101)
    cold, hot = (x[model.sample_y(x[:, None], T, 400).argmax(axis=0)] for T in (4.0, 500.0))
    assert magnets.magnetization(x, 4.0).argmax() == 0
    assert np.mean(cold <= 0.05) > 0.9
    best = x[magnets.magnetization(x, 500.0).argmax()]
    assert 0.05 < best < 0.95
    assert np.quantile(hot, 0.01) <= best <= np.quantile(hot, 0.99)
    assert np.mean((hot > 0.02) & (hot < 0.98)) > 0.95


def test_learns_laboratories_and_says_how_many_rows_they_have(fitted):
    magnets, rows, model = fitted
    for target, truth in (("M0", magnets.shift), ("Tc", magnets.curie_shift)):
        own = [each for each in model.laboratories_ if each.target == target]
        assert [each.laboratory for each in own] == ["L0", "L1", "L2", "L3"]
        z = [(each.mean - shift) / each.deviation for each, shift in zip(own, truth, strict=True)]
        assert np.abs(z).max() < 3.5
    counted = {(each.laboratory, each.target): each.rows for each in model.laboratories_}
    assert counted["L1", "M0"] == sum(r.laboratory == "L1" and r.quantity == "magnetization" for r in rows)
    assert sum(each.rows for each in model.laboratories_) == 55


def test_offsets_can_be_switched_off(fitted):
    _, rows, model = fitted
    plain = FiniteTemperature(LINE, active={"M0": "order<=1"}, laboratory_offsets=False).fit(rows)
    assert plain.laboratories_ == ()
    assert plain.log_evidence_ < model.log_evidence_


def test_learns_the_shape(fitted):
    magnets, _, model = fitted
    for estimate, truth in zip(model.shape_, (magnets.law.s, magnets.law.p), strict=True):
        assert estimate.learned
        width = np.log(estimate.high / estimate.low) / 2
        assert abs(np.log(truth / estimate.median)) < 3 * width
        assert 0.02 < width < 0.5


def test_readings_are_predicted_with_all_their_scatter(fitted):
    magnets, rows, model = fitted
    mean, std = model.predict_rows(rows)
    z = (np.array([row.value for row in rows]) - mean) / std
    assert 0.6 < z.std() < 1.3
    curve = model.predict([[0.4]], 300.0, return_std=True)[1][0]
    known, new, none = (model.predict_rows([reading(1.0, 300.0, (0.4,), lab)])[1][0] for lab in ("L1", "new", None))
    assert curve < none < new
    assert known < new
    stated = model.predict_rows([reading(1.0, 300.0, (0.4,), "L1", deviation=3.0)])[1][0]
    assert stated > 3.0
    assert 0.7 * magnets.scatter[1] < model.predict_rows([curie(1.0, (0.4,), "L1")])[1][0] < 20


def test_says_what_has_no_calculation_and_how_the_linearization_went(fitted):
    _, _, model = fitted
    messages = " ".join(model.diagnostics_["messages"])
    assert "'Tc' has no calculation to lean on" in messages
    assert "'M0' has no calculation" not in messages
    report = model.linearization_
    assert report.settled
    assert report.rows == 40
    assert report.passes > 1
    assert 0 < report.largest_nonlinearity < 1


def test_the_same_seed_gives_the_same_bits(fitted):
    _, rows, model = fitted
    again = FiniteTemperature(LINE, active={"M0": "order<=1"}, random_state=3).fit(rows)
    X = np.linspace(0, 1, 7)[:, None]
    for a, b in zip(model.predict(X, 350.0, True, (0.1, 0.9)), again.predict(X, 350.0, True, (0.1, 0.9)), strict=True):
        np.testing.assert_array_equal(a, b)
    assert again.laboratories_ == model.laboratories_


def test_the_order_of_rows_does_not_matter(fitted):
    _, rows, model = fitted
    again = FiniteTemperature(LINE, active={"M0": "order<=1"}, random_state=3).fit(rows[::-1])
    X = np.linspace(0, 1, 7)[:, None]
    np.testing.assert_allclose(model.predict(X, 350.0), again.predict(X, 350.0), rtol=1e-3)


def test_a_calculated_curie_temperature_is_leant_on(family):
    magnets, rng = family(3)
    rows = magnets.magnetizations(rng, 15) + magnets.curies(rng, 4)
    x = np.linspace(0, 1, 12)
    rows += [curie(1.3 * magnets.curie(a), (a,), None, "calculation") for a in x]
    model = FiniteTemperature(LINE, active={"Tc": ("1",)}).fit(rows)
    assert model.posterior.structure.targets == ("M0", "Tc_calculated", "Tc")
    mean, std = model.curie_temperature(x[:, None])
    assert np.abs((mean - magnets.curie(x)) / std).max() < 4
    assert "'M0' has no calculation" in " ".join(model.diagnostics_["messages"])


def test_values_above_tc_tell_little_and_break_nothing(fitted):
    _, rows, model = fitted
    hot = [reading(0.05 * k, T, (0.2,), "L1") for k, T in enumerate((720.0, 740.0, 1500.0, 3000.0))]
    more = FiniteTemperature(LINE, active={"M0": "order<=1"}, random_state=3).fit(rows + hot)
    X = np.linspace(0, 1, 7)[:, None]
    mean, std = model.predict(X, 300.0, return_std=True)
    assert np.all(np.abs(more.predict(X, 300.0) - mean) < std)
    assert more.linearization_.idle >= 2
    assert any("tell nothing" in text for text in more.diagnostics_["messages"])


def test_a_value_just_below_tc_does_not_run_away(fitted):
    magnets, rows, model = fitted
    T = magnets.curie(0.5) - 2.0
    more = FiniteTemperature(LINE, active={"M0": "order<=1"}).fit([*rows, reading(2.0, T, (0.5,), "L0")])
    mean, std = model.curie_temperature([[0.5]])
    assert abs(more.curie_temperature([[0.5]])[0][0] - mean[0]) < 4 * std[0]
    assert np.isfinite(more.predict([[0.5]], T, return_std=True)).all()


@pytest.mark.parametrize("law", [BrillouinLaw(0.5), CurieBlochLaw(), KuzminLaw(0.6, 2.5, 0.0, 0.3)])
def test_other_laws_by_the_same_interface(family, law):
    magnets, rng = family(4)
    rows = magnets.calculations(rng, 15) + magnets.magnetizations(rng, 20) + magnets.curies(rng, 10)
    model = FiniteTemperature(LINE, active={"M0": ("1",)}, law=law, estimator="map").fit(rows)
    assert np.isfinite(model.predict([[0.5]], 300.0, return_std=True)).all()
    assert [each.learned for each in model.shape_] == [bool(d > 0) for d in law.deviation]


def test_ferrimagnets_are_refused_by_composition():
    model = FiniteTemperature(LINE, amounts=lambda x: {"Nd": 2 - x[0], "Dy": x[0], "Fe": 14.0, "B": 1.0})
    with pytest.raises(CompositionError, match=r"row 2, at \(0.5,\), holds Dy: .*ferrimagnet"):
        model.fit([reading(30.0, x=(0.0,)), reading(20.0, x=(0.5,))])


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (reading(np.nan), "row 1: value = nan"),
        (reading(30.0, -1.0), r"row 1: experiment at -1\.0 K"),
        (reading(30.0, 300.0, (0.5, 0.5)), r"row 1: x = \(0.5, 0.5\), expected 1"),
        (reading(30.0, np.inf), "row 1: a magnetization at inf K"),
        (reading(30.0, deviation=0.0), r"row 1: deviation = 0\.0"),
        (Row(x=(0.5,), quantity="coercivity", source="experiment", value=1.0), "row 1: quantity 'coercivity'"),
        (Row(x=(0.5,), quantity="magnetization", source="calculation", value=1.0, temperature=4.0), "calculation at 4"),
    ],
)
def test_bad_rows_are_named(row, words):
    with pytest.raises(DataError, match=words):
        FiniteTemperature(LINE).fit([row])


def test_what_cannot_be_is_refused(fitted):
    with pytest.raises(EstimationError, match="not fitted yet"):
        FiniteTemperature(LINE).predict([[0.5]], 300.0)
    with pytest.raises(EstimationError, match="there are no rows"):
        FiniteTemperature(LINE).fit([])
    with pytest.raises(DataError, match="temperature: expected one number"):
        fitted[2].predict([[0.5]], [300.0, 400.0])
    with pytest.raises(CampaignError, match="'M0' among its parents"):
        FiniteTemperature(LINE, parents={"Tc": ("M0",)}).fit([reading(30.0), curie(580.0)])
