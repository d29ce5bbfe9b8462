"""Agreement with MCMC of the same posterior, written independently (issue 4, must hold 2)."""

import emcee
import numpy as np
import pytest
from scipy.special import logsumexp

from loop.assimilation import DataAssimilation
from loop.assimilation.ensemble import walk
from loop.assimilation.importance import Sample, integrate
from loop.assimilation.newton import Mode
from loop.assimilation.pareto import effective_size, pareto_shape

GRID = np.linspace(0.0, 1.0, 6)[:, None]


@pytest.mark.slow
@pytest.mark.parametrize("seed", [0, 7])
def test_d1_posterior_equals_emcee(oracle, d1, cubic, two_targets, seed):
    X, Y, _ = d1(seed)
    centre, unit = np.nanmean(Y, axis=0), np.nanstd(Y[:, 0])
    dense = oracle(cubic.design(X), (Y - centre) / unit, ((1, 0),), ((0, 1, 2, 3), (0,)))

    def log_density(theta):
        if np.any(np.abs(theta) > 12.0):
            return -np.inf
        evidence = dense.log_evidence(theta[:1], np.exp(theta[1:3]), dense.variances_two(4, theta[3], 1))
        return evidence + dense.log_prior_two(*theta)

    rng = np.random.default_rng(seed)
    walkers = np.array([1.0, -3.0, -2.0, 0.0]) + 0.1 * rng.normal(size=(16, 4))
    sampler = emcee.EnsembleSampler(16, 4, log_density)
    sampler.random_state = np.random.RandomState(seed).get_state()
    sampler.run_mcmc(walkers, 1200)
    chain = sampler.get_chain(discard=200, thin=15, flat=True)
    moments = [
        dense.predict(t[:1], np.exp(t[1:3]), dense.variances_two(4, t[3], 1), cubic.design(GRID), 1) for t in chain
    ]
    draws = np.array([rng.multivariate_normal(m, c, method="eigh") for m, c in moments]) * unit + centre[1]
    model = DataAssimilation(cubic, two_targets).fit(X, Y)
    mean, std, band = model.predict(GRID, return_std=True, quantiles=(0.05, 0.5, 0.95))
    assert np.allclose(mean, draws.mean(axis=0), atol=0.12 * std)
    assert np.allclose(std, draws.std(axis=0), rtol=0.15)
    assert np.allclose(band, np.quantile(draws, (0.05, 0.5, 0.95), axis=0).T, atol=0.25 * std[:, None])
    weighted = model.posterior.weights @ model.posterior.theta
    assert np.allclose(weighted, chain.mean(axis=0), atol=0.15 * chain.std(axis=0))


def mixture_density(theta):
    """Two separated, correlated Gaussians of known masses 0.3 and 0.7, total mass e²."""
    root = np.array([[1.0, 0.0], [0.8, 0.6]])
    parts = []
    for mass, shift in ((0.3, -4.0), (0.7, 4.0)):
        z = np.linalg.solve(root, (theta - shift).T)
        parts.append(np.log(mass) - 0.5 * (z**2).sum(axis=0) - np.log(2 * np.pi * 0.6))
    return 2.0 + logsumexp(parts, axis=0)


def mixture_modes():
    covariance = np.array([[1.0, 0.8], [0.8, 1.0]])
    return [Mode(np.full(2, c), float(mixture_density(np.full((1, 2), c))[0]), covariance) for c in (4.0, -4.0)]


def test_importance_sampling_recovers_masses_and_moments():
    sample = integrate(mixture_density, mixture_modes(), np.random.default_rng(0))
    assert sample.log_evidence == pytest.approx(2.0, abs=0.06)
    assert sample.weights[sample.theta[:, 0] < 0].sum() == pytest.approx(0.3, abs=0.03)
    assert sample.reliable


def test_mcmc_recovers_masses_and_moments_from_a_poor_start():
    rng = np.random.default_rng(1)
    theta = 6.0 * rng.normal(size=(50, 2))
    poor = Sample(theta, np.full(50, 0.02), 0.0, 50.0, 0.0)
    sample = walk(mixture_density, poor, rng)
    assert sample.method == "MCMC"
    assert sample.weights @ (sample.theta[:, 0] < 0) == pytest.approx(0.3, abs=0.12)
    right = sample.theta[sample.theta[:, 0] > 0]
    assert np.allclose(np.cov(right.T), [[1.0, 0.8], [0.8, 1.0]], atol=0.25)
    assert sample.effective > 60


def test_a_heavy_tail_is_recognized():
    rng = np.random.default_rng(0)
    for exponent, low, high in ((0.3, 0.0, 0.6), (1.2, 0.8, 1.7)):
        weights = rng.pareto(1.0 / exponent, 5000) + 1.0
        assert low < pareto_shape(weights / weights.sum()) < high
    assert effective_size(np.full(10, 0.1)) == pytest.approx(10.0)


def test_when_importance_sampling_is_poor_mcmc_takes_over(d1, cubic, two_targets, monkeypatch):
    X, Y, _ = d1(0)
    direct = DataAssimilation(cubic, two_targets).fit(X, Y)
    monkeypatch.setattr("loop.assimilation.importance.ENOUGH", 1e9)
    walked = DataAssimilation(cubic, two_targets).fit(X, Y)
    assert walked.diagnostics_["method"] == "MCMC"
    mean, std = direct.predict(GRID, return_std=True)
    again, spread = walked.predict(GRID, return_std=True)
    assert np.allclose(again, mean, atol=0.15 * std)
    assert np.allclose(spread, std, rtol=0.15)
