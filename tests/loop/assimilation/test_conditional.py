"""The closed forms against dense linear algebra over all rows at once."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loop.assimilation import PolynomialBasis, Statistics, Structure
from loop.assimilation.conditional import condition
from loop.assimilation.gradient import value_and_slope
from loop.assimilation.likelihood import complete_log_likelihood
from loop.assimilation.prior import Prior
from loop.assimilation.problem import prepare
from loop.assimilation.scaling import Scaling

UNIT = {"centre": 0.0, "unit": 1.0}


def prepared(basis, structure, X, Y, **noise):
    statistics = Statistics.of(basis, structure.size, X, Y, **noise)
    scaling = Scaling.of(statistics, structure, basis.constant, **UNIT)
    return prepare(statistics, basis, structure, scaling, Prior())


def case(oracle, three_targets, seed):
    basis, structure, X, Y = three_targets
    rng = np.random.default_rng(seed)
    relation, log_s, hyper = rng.normal(0.7, 0.5, 3), rng.normal(-1.5, 0.7, 3), rng.normal(size=1)
    variances = np.r_[4.0, np.full(3, np.exp(2 * hyper[0])), np.full(3, 9.0)]
    dense = oracle(basis.design(X), Y, structure.edges, ((0, 1, 2, 3), (0, 1), (0,)))
    return dense, relation, np.exp(log_s), variances, np.r_[relation, log_s, hyper]


@pytest.mark.parametrize("seed", range(4))
def test_marginal_likelihood_and_prediction_equal_one_dense_gaussian(oracle, three_targets, seed):
    basis, structure, X, Y = three_targets
    dense, relation, s, variances, theta = case(oracle, three_targets, seed)
    problem = prepared(basis, structure, X, Y)
    state = condition(problem, theta[None])
    assert state.log_likelihood[0] == pytest.approx(dense.log_evidence(relation, s, variances), rel=1e-10)
    at = basis.design(np.linspace(0, 1, 5)[:, None])
    for target in range(3):
        mean, covariance = dense.predict(relation, s, variances, at, target)
        lift = state.noise.lift[0, target]
        h = np.concatenate([lift[j] * at[:, a] for j, a in enumerate(problem.active)], axis=1)
        root = np.linalg.solve(state.factor[0], h.T)
        assert np.allclose(h @ state.mean[0], mean, atol=1e-9)
        assert np.allclose(root.T @ root, covariance, atol=1e-9)


def test_known_uncertainties_and_noise_classes_enter_as_in_the_dense_gaussian(oracle, three_targets):
    basis, structure, X, Y = three_targets
    dense, relation, s, variances, theta = case(oracle, three_targets, 9)
    added = np.where(np.arange(len(X))[:, None] % 2, 0.1, 0.3) * np.ones(3)
    problem = prepared(basis, structure, X, Y, Y_std=added)
    expected = dense.log_evidence(relation, s, variances, added=added)
    assert condition(problem, theta[None]).log_likelihood[0] == pytest.approx(expected, rel=1e-10)
    labels = np.where(np.arange(len(X)) % 3 == 0, "late", "early")
    problem = prepared(basis, structure, X, Y, noise_class=labels)
    theta = np.insert(theta, 6, 0.4)
    factors = np.where(labels == "late", np.exp(0.4), 1.0)
    expected = dense.log_evidence(relation, s, variances, factors=factors)
    assert condition(problem, theta[None]).log_likelihood[0] == pytest.approx(expected, rel=1e-10)


def test_weights_divide_the_whole_residual_covariance(oracle, three_targets):
    basis, structure, X, Y = three_targets
    dense, relation, s, variances, theta = case(oracle, three_targets, 2)
    weights = np.linspace(0.3, 3.0, len(X))
    problem = prepared(basis, structure, X, Y, weights=weights)
    expected = dense.log_evidence(relation, s, variances, factors=weights**-0.5)
    assert condition(problem, theta[None]).log_likelihood[0] == pytest.approx(expected, rel=1e-10)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6), st.booleans(), st.booleans())
def test_gradient_is_the_derivative(seed, flat, classes):
    rng = np.random.default_rng(seed)
    structure = Structure(("a", "b", "c"), parents={"b": "a", "c": ("a", "b")}, active={"b": "order<=1", "c": "1"})
    X, Y = rng.random((40, 1)), rng.normal(size=(40, 3))
    Y[rng.random((40, 3)) < 0.4] = np.nan
    labels = np.where(np.arange(40) % 2, "u", "v") if classes else None
    problem = prepared(PolynomialBasis(1, 2), structure, X, Y, noise_class=labels)
    theta = problem.parameters.means + 0.4 * rng.normal(size=problem.parameters.size)
    slope = value_and_slope(problem, theta, flat)[1]
    h = 1e-5
    numeric = [
        (value_and_slope(problem, theta + h * e, flat)[0] - value_and_slope(problem, theta - h * e, flat)[0]) / (2 * h)
        for e in np.eye(len(theta))
    ]
    assert np.allclose(slope, numeric, rtol=1e-6, atol=1e-6 * (1 + np.abs(slope).max()))


def test_complete_likelihood_equals_a_loop_over_rows(oracle, three_targets):
    basis, structure, X, Y = three_targets
    rng = np.random.default_rng(1)
    W, root = rng.normal(size=(3, 4)), np.tril(rng.normal(size=(3, 3)))
    added = np.full(Y.shape, 0.2)
    dense = oracle(basis.design(X), Y, structure.edges, ())
    for noise in ({}, {"added": added}):
        problem = prepared(basis, structure, X, Y, **({"Y_std": added} if noise else {}))
        expected = dense.complete_log_likelihood(W, root @ root.T, **noise)
        assert complete_log_likelihood(problem, W, root) == pytest.approx(expected, rel=1e-10)


def test_a_tiny_residual_beside_a_large_one_survives(two_targets, cubic):
    rng = np.random.default_rng(0)
    X = rng.random((30, 1))
    Y = np.c_[rng.normal(size=30), np.zeros(30)]
    Y[:, 1] = 3.0 * Y[:, 0] + 1e-9 * rng.normal(size=30)
    problem = prepared(cubic, two_targets, X, Y)
    theta = np.array([[3.0, 0.0, np.log(1e-9), 0.0]])
    F = condition(problem, theta)
    white = F.residual @ F.noise.whitener.swapaxes(2, 3)
    assert np.sum(white[..., 1] ** 2) == pytest.approx(np.sum((Y[:, 1] - 3.0 * Y[:, 0]) ** 2) / 1e-18, rel=0.1)
