"""The mixture over θ: prediction, quantiles, draws, conditioning."""

import numpy as np
import pytest
from scipy.special import logsumexp
from scipy.stats import norm

from loop.assimilation import DataAssimilation, PolynomialBasis, SineBasis, Structure
from loop.assimilation.quantiles import mixture_quantiles
from loop.errors import DataError, EstimationError

GRID = np.linspace(0.0, 1.0, 9)[:, None]


def one_target_quadrature(oracle, basis, X, Y):
    """Integrate θ = (log s, log g) of a single target on a fine grid."""
    dense = oracle(basis.design(X), Y, (), (tuple(range(basis.size)),))
    log_s, log_g = np.linspace(-5.0, 1.2, 60), np.linspace(-4.0, 4.0, 60)
    logs, means, variances = [], [], []
    for a in log_s:
        for b in log_g:
            V = np.r_[4.0, np.full(basis.size - 1, np.exp(2 * b))]
            prior = norm.logpdf(b) + np.log(2.0) + norm.logpdf(np.exp(a), 0.0, 0.5) + a
            logs.append(dense.log_evidence([], [np.exp(a)], V) + prior)
            mean, covariance = dense.predict([], [np.exp(a)], V, basis.design(GRID), 0)
            means.append(mean)
            variances.append(np.diag(covariance))
    area = (log_s[1] - log_s[0]) * (log_g[1] - log_g[0])
    weights = np.exp(np.array(logs) - logsumexp(logs))
    return logsumexp(logs) + np.log(area), weights, np.array(means), np.array(variances)


def test_one_target_equals_quadrature(oracle):
    basis, rng = PolynomialBasis(1, 2), np.random.default_rng(0)
    X = rng.random((9, 1))
    Y = (basis.design(X) @ np.array([0.1, 0.9, -0.4]) + 0.2 * rng.normal(size=9))[:, None]
    evidence, weights, means, variances = one_target_quadrature(oracle, basis, X, Y)
    model = DataAssimilation(basis, Structure(("y",)), centre=0.0, scale=1.0).fit(X, Y)
    mean, std, band = model.predict(GRID, return_std=True, quantiles=(0.025, 0.5, 0.975))
    exact = weights @ means
    spread = np.sqrt(weights @ (variances + means**2) - exact**2)
    assert model.log_evidence_ == pytest.approx(evidence, abs=0.1)
    assert np.allclose(mean, exact, atol=0.03 * spread.max())
    assert np.allclose(std, spread, rtol=0.06)
    exact_band = mixture_quantiles(weights, means, np.sqrt(variances), (0.025, 0.5, 0.975))
    assert np.allclose(band, exact_band, atol=0.12 * spread.max())


def test_fixing_theta_is_narrower_than_integrating_it(d1, cubic, two_targets):
    X, Y, _ = d1(0)
    wide = DataAssimilation(cubic, two_targets).fit(X, Y).predict(GRID, return_std=True)[1]
    narrow = DataAssimilation(cubic, two_targets, "map").fit(X, Y).predict(GRID, return_std=True)[1]
    assert wide[-1] > 1.2 * narrow[-1]


def test_collapsed_moments_equal_the_mixtures(d1, cubic, two_targets):
    X, Y, _ = d1(1)
    model = DataAssimilation(cubic, two_targets).fit(X, Y)
    posterior = model.posterior
    for target in ("calc", "expt"):
        means, variances = posterior.mean(GRID, target), posterior.variance(GRID, target)
        mean, std = model.predict(GRID, target, return_std=True)
        exact = posterior.weights @ means
        assert np.allclose(mean, exact, atol=1e-12)
        assert np.allclose(std**2, posterior.weights @ (variances + (means - exact) ** 2), rtol=1e-9)
    assert np.allclose(model.coef_[1] @ cubic.design(GRID).T, model.predict(GRID))


def test_rows_reproduce_means_and_variances(d1, cubic, two_targets):
    X, Y, _ = d1(1)
    posterior = DataAssimilation(cubic, two_targets).fit(X, Y).posterior
    h, scaling = posterior.rows(GRID, "expt"), posterior.scaling
    mean = scaling.centre[1] + scaling.unit[1] * np.einsum("knp,kp->kn", h, posterior.coefficients)
    assert np.allclose(mean, posterior.mean(GRID, "expt"))
    root = np.linalg.solve(posterior.factor, h.swapaxes(1, 2))
    assert np.allclose(scaling.unit[1] ** 2 * (root**2).sum(axis=1), posterior.variance(GRID, "expt"))


def test_quantiles_invert_the_distribution_function():
    rng = np.random.default_rng(0)
    weights = rng.random(7)
    weights /= weights.sum()
    means, deviations = 3.0 * rng.normal(size=(7, 5)), np.exp(2.0 * rng.normal(size=(7, 5)))
    levels = (0.001, 0.025, 0.5, 0.9)
    found = mixture_quantiles(weights, means, deviations, levels)
    reached = np.array([weights @ norm.cdf(found[:, i], means, deviations) for i in range(4)])
    assert np.allclose(reached, np.array(levels)[:, None], atol=1e-8)
    with pytest.raises(DataError, match="strictly between"):
        mixture_quantiles(weights, means, deviations, (0.0,))


def test_quantiles_of_a_point_mass_and_of_far_modes():
    found = mixture_quantiles(np.array([0.5, 0.5]), np.array([[0.0], [1e6]]), np.array([[1e-9], [1.0]]), (0.25, 0.75))
    assert np.allclose(found, [[0.0, 1e6]], atol=1e-6)


def test_joint_draws_have_the_moments_and_correlations_of_the_posterior(d1, cubic, two_targets):
    X, Y, _ = d1(2)
    model = DataAssimilation(cubic, two_targets).fit(X, Y)
    draws = model.sample_y(GRID, 20000, random_state=1)
    mean, std = model.predict(GRID, return_std=True)
    assert draws.shape == (9, 20000)
    assert np.allclose(draws.mean(axis=1), mean, atol=5 * std.max() / np.sqrt(20000))
    assert np.allclose(draws.std(axis=1), std, rtol=0.08)
    assert np.array_equal(draws, model.sample_y(GRID, 20000, random_state=1))
    fitted = np.linalg.lstsq(cubic.design(GRID), draws, rcond=None)[0]
    assert np.allclose(cubic.design(GRID) @ fitted, draws, atol=1e-9)


def test_conditioning_equals_adding_rows_at_the_same_theta(oracle):
    basis, rng = SineBasis(1, 4), np.random.default_rng(3)
    structure = Structure(("c", "e"), parents={"e": ("c",)}, active={"e": (0, 1)})
    X = rng.random((20, 1))
    Y = rng.normal(size=(20, 2))
    Y[:14, 1], Y[14:, 0] = np.nan, np.nan
    posterior = DataAssimilation(basis, structure, centre=0.0, scale=1.0).fit(X, Y).posterior
    new = rng.random((3, 1))
    for target in (0, 1):
        told = posterior.conditioned(new, target)
        blank = np.full((3, 2), np.nan)
        blank[:, target] = 0.0
        dense = oracle(basis.design(np.r_[X, new]), np.r_[Y, blank], ((1, 0),), ((0, 1, 2, 3), (0, 1)))
        for k in (0, len(posterior.weights) // 2):
            theta = posterior.theta[k]
            V = np.r_[4.0, np.full(3, np.exp(2 * theta[3])), 9.0, 9.0]
            expected = dense.predict(theta[:1], np.exp(theta[1:3]), V, basis.design(GRID), 1)[1]
            assert np.allclose(told.variance(GRID, "e")[k], np.diag(expected), rtol=1e-7, atol=1e-12)
        assert np.array_equal(told.mean(GRID, "e"), posterior.mean(GRID, "e"))
    twice = posterior.conditioned(new[:1], "c").conditioned(new[:1], "c")
    heavy = posterior.conditioned(new[:1], "c", weight=2.0)
    assert np.allclose(twice.variance(GRID, "e"), heavy.variance(GRID, "e"), rtol=1e-9)


def test_noise_is_the_variance_of_one_value(d1, cubic, two_targets):
    X, Y, _ = d1(0)
    model = DataAssimilation(cubic, two_targets).fit(X, Y)
    assert model.posterior.weights @ model.posterior.noise("expt") == pytest.approx(model.residual_covariance_[1, 1])


def test_nothing_is_said_before_a_fit(cubic, two_targets):
    with pytest.raises(EstimationError, match="not fitted"):
        DataAssimilation(cubic, two_targets).predict(GRID)


def test_without_any_row_the_prior_is_predicted(cubic, two_targets):
    model = DataAssimilation(cubic, two_targets).fit(np.empty((0, 1)), np.empty((0, 2)))
    mean, std = model.predict(GRID, "calc", return_std=True)
    assert np.allclose(mean, 0.0, atol=1e-9)
    assert (std > 1.0).all()
    assert model.log_evidence_ == pytest.approx(0.0, abs=0.05)
