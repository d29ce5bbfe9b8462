"""Heteroscedastic rows (issue 4, must hold 6)."""

import numpy as np
import pytest

from loop.assimilation import DataAssimilation, PolynomialBasis, Structure

LINE = PolynomialBasis(1, 1)
ONE = Structure(("y",), sources=("experiment",))
GRID = np.linspace(0.0, 1.0, 5)[:, None]


def test_a_known_uncertainty_tells_good_rows_from_bad_ones():
    rng = np.random.default_rng(0)
    X = rng.random((60, 1))
    std = np.where(np.arange(60) < 12, 0.01, 1.0)[:, None]
    Y = 1.0 + 2.0 * X + (0.02 + std) * rng.normal(size=(60, 1))
    told = DataAssimilation(LINE, ONE).fit(X, Y, Y_std=std)
    untold = DataAssimilation(LINE, ONE).fit(X, Y)
    truth = 1.0 + 2.0 * GRID[:, 0]
    mean, deviation = told.predict(GRID, return_std=True)
    assert deviation.max() < 0.2 * untold.predict(GRID, return_std=True)[1].max()
    assert np.all(np.abs(mean - truth) < 4.0 * deviation)
    assert told.log_evidence_ > untold.log_evidence_ + 10.0


def test_uncertainties_within_a_bin_are_pooled_at_their_mean():
    """An approximation, documented: 400 distinct values between 0.1 and 0.2 against exact row-by-row likelihood."""
    rng = np.random.default_rng(1)
    X, std = rng.random((400, 1)), rng.uniform(0.1, 0.2, (400, 1))
    Y = 1.0 - X + std * rng.normal(size=(400, 1))
    model = DataAssimilation(LINE, ONE, centre=0.0, scale=1.0).fit(X, Y, Y_std=std)
    assert len(model.statistics.patterns) <= 16
    variance = std[:, 0] ** 2 + model.residual_covariance_[0, 0]
    residual = Y[:, 0] - LINE.design(X) @ model.coef_[0]
    exact = -0.5 * np.sum(residual**2 / variance + np.log(2 * np.pi * variance))
    assert model.log_likelihood_ == pytest.approx(exact, abs=1.0)
    weighted = np.linalg.lstsq(LINE.design(X) / std, Y[:, 0] / std[:, 0], rcond=None)[0]
    assert np.allclose(model.coef_[0], weighted, atol=2e-3)


def test_an_unknown_noise_class_gets_its_own_factor():
    rng = np.random.default_rng(2)
    X = rng.random((120, 1))
    labels = np.where(np.arange(120) % 2, "B", "A")
    Y = 1.0 + X + np.where(labels == "B", 0.5, 0.05)[:, None] * rng.normal(size=(120, 1))
    model = DataAssimilation(LINE, ONE).fit(X, Y, noise_class=labels)
    posterior = model.posterior
    assert posterior.weights @ posterior.theta[:, 1] == pytest.approx(np.log(10.0), abs=0.3)
    good = DataAssimilation(LINE, ONE).fit(X[::2], Y[::2]).predict(GRID, return_std=True)[1]
    assert np.allclose(model.predict(GRID, return_std=True)[1], good, rtol=0.2)


def test_weights_are_repetitions():
    rng = np.random.default_rng(3)
    X = rng.random((20, 1))
    Y = 1.0 + X + 0.1 * rng.normal(size=(20, 1))
    options = {"centre": 1.5, "scale": 0.3}
    light = DataAssimilation(LINE, ONE, "map", **options).fit(X, Y, weights=np.full(20, 4.0))
    plain = DataAssimilation(LINE, ONE, "map", **options).fit(X, Y)
    ratio = light.residual_covariance_[0, 0] / plain.residual_covariance_[0, 0]
    assert ratio == pytest.approx(4.0, rel=0.1)
    assert np.allclose(light.coef_, plain.coef_, atol=1e-2)


def test_a_missing_value_widens_the_prediction(d1, cubic, two_targets):
    """The source's picture: without a value its row weighs less."""
    X, Y, _ = d1(0)
    X, full = np.r_[X, [[0.8]]], np.r_[Y, [[1.9, 0.4]]]
    blank = full.copy()
    blank[-1, 1] = np.nan
    both = DataAssimilation(cubic, two_targets).fit(X, full).predict(GRID, return_std=True)[1]
    one = DataAssimilation(cubic, two_targets).fit(X, blank).predict(GRID, return_std=True)[1]
    assert one[-2] > both[-2]
