"""What must not change a fit (issue 4, interface and must hold 7)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loop.assimilation import DataAssimilation, PolynomialBasis, Statistics, Structure
from loop.errors import CampaignError

STRUCTURE = Structure(("calc", "expt"), parents={"expt": ("calc",)}, active={"expt": ("1",)})
GRID = np.linspace(0.0, 1.0, 5)[:, None]


def rows(seed, n=14):
    rng = np.random.default_rng(seed)
    X = rng.random((n, 1))
    calc = np.sin(3.0 * X[:, 0]) + 0.05 * rng.normal(size=n)
    Y = np.c_[calc, 0.8 * calc - 0.5 + 0.1 * rng.normal(size=n)]
    Y[: n // 2, 1] = np.nan
    Y[n // 2 + 5 :, 0] = np.nan
    return X, Y


def fitted(X, Y, basis=None, estimator="bayes", structure=STRUCTURE):
    return DataAssimilation(basis or PolynomialBasis(1, 2), structure, estimator).fit(X, Y)


def moments(model, X=GRID, target="expt"):
    return np.array(model.predict(X, target, return_std=True))


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.data())
def test_rows_may_come_in_any_order_and_in_any_portions(seed, data):
    X, Y = rows(seed)
    order = np.array(data.draw(st.permutations(range(len(X)))))
    cut = data.draw(st.integers(1, len(X) - 1))
    model = DataAssimilation(PolynomialBasis(1, 2), STRUCTURE)
    for part in (order[:cut], order[cut:]):
        model.partial_fit(X[part], Y[part])
    assert np.allclose(moments(model), moments(fitted(X, Y)), rtol=1e-6, atol=1e-8)
    assert model.log_evidence_ == pytest.approx(fitted(X, Y).log_evidence_, abs=1e-6)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.floats(-8, 8), st.floats(-100, 100), st.sampled_from(["bayes", "map", "mle"]))
def test_units_and_offsets_of_the_targets_do_not_matter(seed, power, offset, estimator):
    X, Y = rows(seed)
    unit = 10.0**power
    base, other = fitted(X, Y, estimator=estimator), fitted(X, unit * (Y + offset), estimator=estimator)
    mean, std = moments(base)
    again, spread = moments(other)
    assert np.allclose(again / unit - offset, mean, rtol=1e-4, atol=1e-5)
    assert np.allclose(spread / unit, std, rtol=1e-3)
    shift = np.isfinite(Y).sum() * np.log(unit)
    assert other.log_likelihood_ + shift == pytest.approx(base.log_likelihood_, abs=1e-3)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6), st.floats(-50, 50), st.floats(1e-3, 1e3))
def test_points_and_their_box_may_be_moved_together(seed, low, side):
    X, Y = rows(seed)
    moved = fitted(low + side * X, Y, PolynomialBasis(1, 2, [(low, low + side)]))
    assert np.allclose(moments(moved, low + side * GRID), moments(fitted(X, Y)), rtol=1e-4, atol=1e-5)


def test_the_same_seed_gives_the_same_bits_and_generators_are_accepted():
    X, Y = rows(0)
    assert np.array_equal(moments(fitted(X, Y)), moments(fitted(X, Y)))
    one, two = (
        DataAssimilation(PolynomialBasis(1, 2), STRUCTURE, random_state=np.random.default_rng(5)).fit(X, Y)
        for _ in range(2)
    )
    assert np.array_equal(moments(one), moments(two))


def test_fit_forgets_and_partial_fit_does_not():
    X, Y = rows(1)
    model = fitted(*rows(2))
    assert model.fit(X, Y).statistics.count == len(X)
    assert model.partial_fit(X, Y).statistics.count == 2 * len(X)


def test_a_fit_from_stored_statistics_is_the_same_fit():
    X, Y = rows(3)
    model = fitted(X, Y)
    stored = Statistics.from_arrays(model.statistics.to_arrays())
    again = DataAssimilation(PolynomialBasis(1, 2), STRUCTURE).fit_statistics(stored)
    assert np.array_equal(moments(again), moments(model))
    arrays = model.posterior.to_arrays()
    assert arrays["theta"].shape == (len(arrays["weights"]), 4)


def test_a_row_without_any_target_changes_nothing():
    X, Y = rows(4)
    blank = fitted(np.r_[X, [[0.5]]], np.r_[Y, [[np.nan, np.nan]]])
    assert np.array_equal(moments(blank), moments(fitted(X, Y)))


def test_without_a_constant_of_its_own_a_relation_goes_through_the_origin():
    rng = np.random.default_rng(0)
    structure = Structure(("calc", "expt"), parents={"expt": ("calc",)}, active={"expt": ("x0",)})
    X = rng.random((60, 1))
    calc = 5.0 + X[:, 0] + 0.05 * rng.normal(size=60)
    Y = np.c_[calc, 0.8 * calc + 0.3 * np.sqrt(3) * (2 * X[:, 0] - 1) + 0.05 * rng.normal(size=60)]
    model = fitted(X, Y, structure=structure)
    assert model.diagnostics_["relation"]["expt<-calc"][0] == pytest.approx(0.8, abs=0.02)
    point = fitted(X, Y, structure=structure, estimator="map")
    assert np.all(point.precision_[1, [0, 2]] == 0.0)


def test_two_quantities_have_their_own_units():
    rng = np.random.default_rng(1)
    structure = Structure(
        ("M0", "Tc", "Mx"),
        ("calculation", "calculation", "experiment"),
        {"Mx": ("M0", "Tc")},
        {"Mx": ("1",)},
        ("M", "T", "M"),
    )
    X = rng.random((40, 1))
    M0, Tc = 1.6 + 0.2 * X[:, 0], 600.0 + 300.0 * X[:, 0] ** 2
    Y = np.c_[M0, Tc, 0.9 * M0 + 5e-4 * Tc] + rng.normal(size=(40, 3)) * np.array([0.01, 5.0, 0.01])
    model = fitted(X, Y, structure=structure)
    scaling = model.posterior.scaling
    assert scaling.unit[0] == scaling.unit[2]
    assert scaling.unit[1] > 10.0
    assert np.allclose(model.predict(X, "Mx"), 0.9 * M0 + 5e-4 * Tc, atol=0.02)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"targets": ("a", "a")}, "different"),
        ({"targets": ("a", "b"), "parents": {"a": ("b",)}}, "earlier"),
        ({"targets": ("a", "b"), "parents": {"c": ("b",)}}, "not among"),
        ({"targets": ("a", "b"), "sources": ("calculation", "theory")}, "sources"),
        ({"targets": ("a", "b"), "quantities": ("x",)}, "quantities"),
    ],
)
def test_structures_that_contradict_themselves_are_refused(arguments, message):
    with pytest.raises(CampaignError, match=message):
        Structure(**arguments)


def test_wrong_arguments_are_refused():
    basis = PolynomialBasis(1, 2)
    with pytest.raises(CampaignError, match="estimator"):
        DataAssimilation(basis, STRUCTURE, "gibbs")
    with pytest.raises(CampaignError, match="active function"):
        DataAssimilation(basis, Structure(("a",), active={"a": ("x9",)}))
    with pytest.raises(CampaignError, match="target"):
        fitted(*rows(0)).predict(GRID, "theory")
    with pytest.raises(CampaignError, match="scale"):
        DataAssimilation(basis, STRUCTURE, scale=(1.0, -1.0)).fit(*rows(0))
