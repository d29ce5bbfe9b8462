"""A naive belief, computed afresh from its definition at every call, and a small fitted model."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from loop.assimilation import DataAssimilation, PolynomialBasis, Structure

NOISE = 0.3


def features(X: np.ndarray) -> np.ndarray:
    X = np.atleast_2d(X)
    return np.column_stack([np.ones(len(X)), X, X**2, X[:, :1] * X[:, -1:]])


@dataclass(frozen=True)
class NaiveBelief:
    """Gaussian process with kernel φ(x)·φ(x'), conditioned on every point done so far by one dense solve."""

    slope: np.ndarray
    done: np.ndarray = field(default_factory=lambda: np.empty((0, 2)))
    scale: float = 1.0

    def mean(self, X: np.ndarray, target: str) -> np.ndarray:
        assert target == "f"
        return self.scale * features(X) @ self.slope

    def deviation(self, X: np.ndarray, target: str) -> np.ndarray:
        assert target == "f"
        here, there = features(X), features(self.done) if len(self.done) else np.empty((0, 6))
        gain = np.linalg.solve(there @ there.T + NOISE**2 * np.eye(len(there)), there @ here.T)
        return self.scale * np.sqrt(np.maximum(np.sum(here**2, axis=1) - np.sum((here @ there.T) * gain.T, axis=1), 0))

    def conditioned(self, X: np.ndarray, target: str) -> NaiveBelief:
        assert target == "f"
        return NaiveBelief(self.slope, np.vstack([self.done, X]), self.scale)


@pytest.fixture
def points() -> np.ndarray:
    return np.random.default_rng(5).uniform(size=(12, 2))


@pytest.fixture
def belief() -> NaiveBelief:
    return NaiveBelief(np.random.default_rng(6).normal(size=6), np.array([[0.1, 0.2], [0.8, 0.7]]))


@pytest.fixture(scope="session")
def model() -> DataAssimilation:
    """Calculation and experiment of two variables; the mode of θ only, so that one Gaussian is the whole posterior."""
    return _fitted("map")


@pytest.fixture(scope="session")
def mixture() -> DataAssimilation:
    """The same, θ integrated."""
    return _fitted("bayes")


def _fitted(estimator: str) -> DataAssimilation:
    rng = np.random.default_rng(7)
    X = rng.uniform(size=(24, 2))
    calculated = 1 + X[:, 0] - 2 * X[:, 1] ** 2 + 0.05 * rng.normal(size=24)
    measured = 0.9 * calculated + 0.2 * X[:, 1] + 0.05 * rng.normal(size=24)
    Y = np.column_stack([calculated, measured])
    Y[:12, 1] = Y[18:, 0] = np.nan
    structure = Structure(("c", "e"), ("calculation", "experiment"), {"e": ["c"]}, {"e": "order<=1"})
    return DataAssimilation(PolynomialBasis(2, 2), structure, estimator).fit(X, Y)
