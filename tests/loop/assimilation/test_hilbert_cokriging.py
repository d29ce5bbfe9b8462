"""The nonparametric basis against exact Gaussian-process co-kriging (issue 4, must hold 5)."""

import numpy as np
import pytest
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize
from scipy.spatial.distance import cdist

from loop.assimilation import DataAssimilation, HilbertSpaceBasis, Structure

STRUCTURE = Structure(("calc", "expt"), parents={"expt": ("calc",)})


def matern52(r):
    r = np.sqrt(5.0) * r
    return (1.0 + r + r**2 / 3.0) * np.exp(-r)


class CoKriging:
    """Kennedy & O'Hagan (2000), dense: y_e = C y_c + δ, hyperparameters at their posterior mode from two starts."""

    def __init__(self, X, Y):
        self.expt = np.isfinite(Y[:, 1])
        self.X, self.centre, self.unit = X, np.nanmean(Y, axis=0), np.nanstd(Y[:, 0])
        self.y = np.where(self.expt, Y[:, 1] - self.centre[1], Y[:, 0] - self.centre[0]) / self.unit
        starts = [np.array([c, 0.0, -1.0, -0.7, -1.0, np.log(0.05), np.log(0.1)]) for c in (1.0, 0.0)]
        self.theta = min((minimize(self.negative, t, method="L-BFGS-B") for t in starts), key=lambda r: r.fun).x

    def kernel(self, theta, A, B, a, b):
        C, (g1, l1, g2, l2) = theta[0], np.exp(theta[1:5])
        first = 4.0 + g1**2 * matern52(cdist(A, B) / l1)
        second = 9.0 + g2**2 * matern52(cdist(A, B) / l2)
        return np.where(a[:, None], C, 1.0) * np.where(b, C, 1.0) * first + (a[:, None] & b) * second

    def covariance(self, theta):
        s1, s2 = np.exp(2.0 * theta[5:7])
        noise = np.where(self.expt, theta[0] ** 2 * s1 + s2, s1) + 1e-10
        return self.kernel(theta, self.X, self.X, self.expt, self.expt) + np.diag(noise)

    def negative(self, theta):
        try:
            factor = cho_factor(self.covariance(theta), lower=True)
        except (np.linalg.LinAlgError, ValueError):
            return 1e10
        z = (theta[:5] - [1.0, 0.0, -0.9, -0.7, -0.9]) / [0.5, 1.0, 0.8, 1.0, 0.8]
        prior = -0.5 * np.sum(z**2) + np.sum(theta[5:7]) - 2.0 * np.sum(np.exp(2.0 * theta[5:7]))
        return 0.5 * self.y @ cho_solve(factor, self.y) + np.log(np.diag(factor[0])).sum() - prior

    def predict(self, at):
        cross = self.kernel(self.theta, at, self.X, np.ones(len(at), dtype=bool), self.expt)
        return self.centre[1] + self.unit * cross @ np.linalg.solve(self.covariance(self.theta), self.y)


def smooth_pair(rng, dim):
    w, phase, size = 4.0 * rng.normal(size=(6, dim)), 6.0 * rng.random(6), 0.5 * rng.normal(size=6)
    w2, phase2, size2 = 2.0 * rng.normal(size=(3, dim)), 6.0 * rng.random(3), 0.2 * rng.normal(size=3)

    def calc(x):
        return np.sin(x @ w.T + phase) @ size

    return calc, lambda x: 1.2 * calc(x) + np.sin(x @ w2.T + phase2) @ size2 + 1.0


def errors(seed, dim, m, calculations, experiments):
    rng = np.random.default_rng(seed)
    calc, expt = smooth_pair(rng, dim)
    X = rng.random((calculations + experiments, dim))
    Y = np.full((len(X), 2), np.nan)
    Y[:calculations, 0] = calc(X[:calculations]) + 0.02 * rng.normal(size=calculations)
    Y[calculations:, 1] = expt(X[calculations:]) + 0.05 * rng.normal(size=experiments)
    at = rng.random((200, dim))
    model = DataAssimilation(HilbertSpaceBasis(dim, m, [(0.0, 1.0)] * dim), STRUCTURE).fit(X, Y)
    exact = CoKriging(X, Y).predict(at)
    return [np.sqrt(np.mean((p - expt(at)) ** 2)) for p in (model.predict(at), exact)]


@pytest.mark.parametrize("count", [6, pytest.param(20, marks=pytest.mark.slow)])
def test_one_dimension_equals_exact_cokriging(count):
    mine, exact = np.median([errors(seed, 1, 20, 25, 8) for seed in range(count)], axis=0)
    assert mine <= 1.1 * exact


@pytest.mark.slow
def test_two_dimensions_equal_exact_cokriging():
    mine, exact = np.median([errors(seed, 2, 10, 60, 20) for seed in range(20)], axis=0)
    assert mine <= 1.1 * exact


def test_conditional_prediction_converges_to_the_exact_process():
    """At fixed θ the mean is the exact Gaussian process's, up to the truncation of the basis."""
    rng = np.random.default_rng(0)
    X = rng.random((12, 1))
    Y = np.sin(5.0 * X)
    basis = HilbertSpaceBasis(1, 60, [(0.0, 1.0)], margin=3.0)
    structure = Structure(("y",), sources=("calculation",))
    posterior = DataAssimilation(basis, structure, "map", centre=0.0, scale=1.0).fit(X, Y).posterior
    log_s, log_g, u = posterior.theta[0]
    length = 0.5 * (basis.shape(np.arange(3)).shortest + np.exp(u))
    at = np.linspace(0.0, 1.0, 7)[:, None]

    def kernel(A, B):
        return 4.0 + np.exp(2 * log_g) * matern52(cdist(A, B) / length)

    exact = kernel(at, X) @ np.linalg.solve(kernel(X, X) + np.exp(2 * log_s) * np.eye(12), Y[:, 0])
    assert np.allclose(posterior.mean(at, "y")[0], exact, atol=5e-3)
