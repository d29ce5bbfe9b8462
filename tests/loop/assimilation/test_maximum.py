"""The maximum of the complete likelihood (issue 4, must hold 1)."""

import numpy as np
import pytest
from scipy.optimize import minimize

from loop.assimilation import DataAssimilation, PolynomialBasis, Structure
from loop.errors import EstimationError


def naive_maximum(dense, p, starts):
    """Maximize the loop over rows in all parameters at once, from many starts."""

    def unpack(v):
        W = np.zeros((2, p))
        W[0] = v[2 : 2 + p]
        W[1] = v[0] * W[0]
        W[1, 0] += v[1]
        s = np.exp(v[2 + p :])
        return W, dense.matrices([v[0]], s)[1]

    def negative(v):
        return -dense.complete_log_likelihood(*unpack(v))

    found = [minimize(negative, v, method="BFGS", options={"gtol": 1e-6}) for v in starts]
    best = min(found, key=lambda r: r.fun)
    return -best.fun, unpack(best.x)


@pytest.mark.parametrize("joint", [0, 6])
def test_mle_reaches_the_maximum_of_the_naive_likelihood(oracle, two_targets, joint):
    basis, rng = PolynomialBasis(1, 2), np.random.default_rng(4)
    X = rng.random((30, 1))
    design = basis.design(X)
    calc = design @ np.array([0.2, 1.0, -0.6]) + 0.1 * rng.normal(size=30)
    Y = np.c_[calc, 0.7 * calc - 0.5 + 0.3 * rng.normal(size=30)]
    Y[18 + joint :, 0], Y[:18, 1] = np.nan, np.nan
    dense = oracle(design, Y, ((1, 0),), ((0, 1, 2), (0,)))
    starts = [np.r_[c, 0.0, 0.1, 0.5, 0.1, np.log(0.2), np.log(0.3)] for c in (-1.0, 0.5, 2.0)]
    value, (W, covariance) = naive_maximum(dense, 3, starts)
    model = DataAssimilation(basis, two_targets, "mle").fit(X, Y)
    assert model.log_likelihood_ >= value - 1e-6
    assert model.log_likelihood_ == pytest.approx(value, abs=1e-4)
    assert np.allclose(model.coef_, W, atol=5e-3)
    assert np.allclose(model.residual_covariance_, covariance, rtol=5e-2, atol=1e-4)
    again = dense.complete_log_likelihood(model.coef_, model.residual_covariance_)
    assert model.log_likelihood_ == pytest.approx(again, rel=1e-9)


def test_mle_does_not_depend_on_its_starts(d1, cubic, two_targets):
    X, Y, _ = d1(3)
    values = [DataAssimilation(cubic, two_targets, "mle", seed).fit(X, Y).log_likelihood_ for seed in range(4)]
    assert np.ptp(values) < 1e-6


def test_mle_of_all_rows_complete_is_the_textbook_regression(two_targets, cubic):
    rng = np.random.default_rng(0)
    X = rng.random((50, 1))
    design = cubic.design(X)
    calc = design @ np.array([1.0, 0.5, -0.5, 0.2]) + 0.1 * rng.normal(size=50)
    expt = 0.6 * calc + 0.3 + 0.2 * rng.normal(size=50)
    model = DataAssimilation(cubic, two_targets, "mle").fit(X, np.c_[calc, expt])
    first = np.linalg.lstsq(design, calc, rcond=None)
    second = np.linalg.lstsq(np.c_[calc, np.ones(50)], expt, rcond=None)
    assert np.allclose(model.coef_[0], first[0], atol=1e-7)
    assert model.diagnostics_["relation"]["expt<-calc"][0] == pytest.approx(second[0][0], abs=1e-5)
    assert model.residual_covariance_[0, 0] == pytest.approx(first[1][0] / 50, rel=1e-5)
    own = model.residual_covariance_[1, 1] - second[0][0] ** 2 * model.residual_covariance_[0, 0]
    assert own == pytest.approx(second[1][0] / 50, rel=1e-4)


@pytest.mark.parametrize("estimator", ["mle", "map"])
def test_precision_keeps_the_zeros_of_the_structure(three_targets, estimator):
    basis, structure, X, Y = three_targets
    model = DataAssimilation(basis, structure, estimator).fit(X, Y)
    precision, p = model.precision_, basis.size
    inner = precision[:, p:]
    assert np.all(precision[2, 1:p] == 0.0)
    assert np.allclose(inner @ model.residual_covariance_, np.eye(3), atol=1e-9)
    assert np.allclose(-np.linalg.solve(inner, precision[:, :p]), model.coef_, atol=1e-9)


def test_residual_of_the_experiment_at_zero_is_reported(two_targets):
    """Disjoint rows whose experiments scatter less than C²v1: the maximum lies on the boundary τ² = C²v1."""
    basis, rng = PolynomialBasis(1, 1), np.random.default_rng(2)
    X = np.r_[rng.random(40), rng.random(6)][:, None]
    Y = np.full((46, 2), np.nan)
    Y[:40, 0] = 2.0 * X[:40, 0] + 0.5 * rng.normal(size=40)
    Y[40:, 1] = 2.0 * X[40:, 0] + 1.0 + 1e-3 * rng.normal(size=6)
    model = DataAssimilation(basis, two_targets, "mle").fit(X, Y)
    assert any("runs to zero" in m and "cannot be separated" in m for m in model.diagnostics_["messages"])
    tau2, C = model.residual_covariance_[1, 1], model.diagnostics_["relation"]["expt<-calc"][0]
    assert tau2 == pytest.approx(C**2 * model.residual_covariance_[0, 0], rel=1e-6)


@pytest.mark.parametrize(("calculations", "experiments"), [(4, 5), (10, 1), (0, 5), (10, 0), (3, 3)])
def test_too_few_rows_have_no_maximum(two_targets, cubic, calculations, experiments):
    rng = np.random.default_rng(0)
    n = calculations + experiments
    X, Y = rng.random((n, 1)), np.full((n, 2), np.nan)
    Y[:calculations, 0], Y[calculations:, 1] = rng.normal(size=calculations), rng.normal(size=experiments)
    with pytest.raises(EstimationError, match=r"(?s)rows.*(map|bayes)"):
        DataAssimilation(cubic, two_targets, "mle").fit(X, Y)
    for estimator in ("map", "bayes"):
        mean, std = DataAssimilation(cubic, two_targets, estimator).fit(X, Y).predict(X, return_std=True)
        assert np.isfinite(mean).all()
        assert (std > 0).all()


def test_interpolated_data_have_no_maximum(two_targets, cubic):
    X = np.linspace(0, 1, 12)[:, None]
    exact = cubic.design(X) @ np.array([1.0, 2.0, 0.5, -0.3])
    with pytest.raises(EstimationError, match="bayes"):
        DataAssimilation(cubic, two_targets, "mle").fit(X, np.c_[exact, exact + 1.0])


def test_joint_rows_without_scatter_have_no_maximum(two_targets, cubic):
    rng = np.random.default_rng(1)
    X, calc = rng.random((12, 1)), rng.normal(size=12)
    with pytest.raises(EstimationError, match="unbounded"):
        DataAssimilation(cubic, two_targets, "mle").fit(X, np.c_[calc, 2.0 * calc - 1.0])


def test_dependent_columns_are_refused():
    X = np.repeat([[0.2], [0.7]], 6, axis=0)
    Y = np.random.default_rng(0).normal(size=(12, 1))
    with pytest.raises(EstimationError, match=r"undetermined|unbounded"):
        DataAssimilation(PolynomialBasis(1, 3), Structure(("y",)), "mle").fit(X, Y)
