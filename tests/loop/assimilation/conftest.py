"""Independent, slow and obvious implementations of what the engine computes."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
import pytest
from scipy.stats import halfnorm, norm

from loop.assimilation import PolynomialBasis, Structure


def log_normal(y, covariance):
    root = np.linalg.cholesky(covariance)
    white = np.linalg.solve(root, y)
    return -0.5 * white @ white - np.log(np.diag(root)).sum() - 0.5 * len(y) * np.log(2.0 * np.pi)


@dataclass(frozen=True)
class Oracle:
    """The model of method.md, 2 and 3, written row by row and as one dense Gaussian. Centre 0, unit 1."""

    design: np.ndarray
    Y: np.ndarray
    edges: tuple[tuple[int, int], ...]
    active: tuple[tuple[int, ...], ...]

    @property
    def q(self) -> int:
        return self.Y.shape[1]

    def matrices(self, relation, s):
        B = np.zeros((self.q, self.q))
        for (child, parent), value in zip(self.edges, relation, strict=True):
            B[child, parent] = value
        A = np.eye(self.q) - B
        lift = np.linalg.inv(A)
        return lift, lift @ np.diag(np.square(s)) @ lift.T

    def complete_log_likelihood(self, W, covariance, added=None):
        """Loop over rows: every row is a marginal Gaussian of what it observed."""
        total = 0.0
        for i, (phi, y) in enumerate(zip(self.design, self.Y, strict=True)):
            seen = np.flatnonzero(np.isfinite(y))
            if len(seen):
                noise = covariance[np.ix_(seen, seen)].copy()
                if added is not None:
                    noise += np.diag(added[i, seen] ** 2)
                total += log_normal(y[seen] - W[seen] @ phi, noise)
        return total

    def joint(self, relation, s, variances, factors=None, added=None):
        """Dense prior of all observed values at once, coefficients integrated out."""
        lift, covariance = self.matrices(relation, s)
        n, q = self.Y.shape
        D = np.zeros((n, q, sum(map(len, self.active))))
        column = 0
        for j in range(q):
            for a in self.active[j]:
                D[:, :, column] = self.design[:, a, None] * lift[:, j]
                column += 1
        flat = D.reshape(n * q, -1)
        noise = np.kron(np.eye(n) if factors is None else np.diag(np.square(factors)), covariance)
        if added is not None:
            noise += np.diag(np.square(np.nan_to_num(added)).ravel())
        seen = np.isfinite(self.Y).ravel()
        return flat[seen], noise[np.ix_(seen, seen)], np.diag(variances), self.Y.ravel()[seen], lift

    def log_evidence(self, relation, s, variances, **noise):
        D, N, P, y, _ = self.joint(relation, s, variances, **noise)
        return log_normal(y, D @ P @ D.T + N)

    def predict(self, relation, s, variances, design, target, **noise):
        """Mean and covariance of a noise-free target by dense Gaussian conditioning."""
        D, N, P, y, lift = self.joint(relation, s, variances, **noise)
        h = np.concatenate([lift[target, j] * design[:, list(self.active[j])] for j in range(self.q)], axis=1)
        K = D @ P @ D.T + N
        gain = np.linalg.solve(K, D @ P @ h.T)
        return gain.T @ y, h @ P @ h.T - gain.T @ (D @ P @ h.T)

    @staticmethod
    def log_prior_two(C, log_s1, log_s2, log_g):
        """Prior of θ for one calculation and one experiment, with Jacobians, from method.md, 3."""
        value = norm.logpdf(C, 1.0, 0.5) + norm.logpdf(log_g)
        for log_s in (log_s1, log_s2):
            value += halfnorm.logpdf(np.exp(log_s), scale=0.5) + log_s
        return value

    @staticmethod
    def variances_two(p, log_g, active_experiment):
        """Prior variances of W and R from method.md, 3."""
        return np.r_[4.0, np.full(p - 1, np.exp(2.0 * log_g)), np.full(active_experiment, 9.0)]


@pytest.fixture
def oracle():
    return Oracle


@pytest.fixture
def two_targets():
    return Structure(("calc", "expt"), parents={"expt": ("calc",)}, active={"expt": ("1",)})


def d1_truth(x):
    x = np.asarray(x).reshape(len(x), -1)[:, 0]
    return 2.0 - x + 5.0 * (x - 0.7) ** 2 + 20.0 * (x - 0.5) ** 3


@pytest.fixture
def d1():
    """One draw of D1 (method.md, 6) by seed: X, Y, and the truth of the experiment."""

    def draw(seed):
        rng = np.random.default_rng(seed)
        X = np.r_[rng.random(10), 0.5 * rng.random(5)][:, None]
        Y = np.full((15, 2), np.nan)
        Y[:10, 0] = d1_truth(X[:10]) + 0.03 * rng.normal(size=10)
        Y[10:, 1] = d1_truth(X[10:]) - 1.5 + 0.1 * rng.normal(size=5)
        return X, Y, lambda x: d1_truth(x) - 1.5

    return draw


@pytest.fixture
def cubic():
    return PolynomialBasis(1, 3)


@pytest.fixture
def three_targets():
    """Three targets, two parents for the last, every pattern of missing values."""
    structure = Structure(
        ("a", "b", "c"), parents={"b": ("a",), "c": ("a", "b")}, active={"b": "order<=1", "c": ("1",)}
    )
    rng = np.random.default_rng(5)
    basis = PolynomialBasis(1, 3)
    patterns = [p for p in product((True, False), repeat=3) if any(p)] * 6
    X = rng.random((len(patterns), 1))
    design = basis.design(X)
    a = design @ np.array([0.3, 0.8, -0.5, 0.2])
    b = 0.8 * a + design[:, :2] @ np.array([0.4, -0.3])
    c = 0.5 * a + 0.6 * b - 0.7
    Y = np.column_stack([a, b, c]) + rng.normal(size=(len(X), 3)) * np.array([0.05, 0.1, 0.15])
    Y[~np.array(patterns)] = np.nan
    return basis, structure, X, Y
