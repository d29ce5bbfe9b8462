"""Residual covariances of every pattern given θ, whitened without forming them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loop.assimilation.arrays import Array, Bools, Ints, gathered
from loop.assimilation.problem import Problem


@dataclass(frozen=True)
class Noise:
    """Covariance structure at t values of θ, scaled units.

    With Σ_o = k²(L V Lᵀ)_oo + D_o the whitener satisfies UᵀU = Σ_o⁻¹, zero on missing targets.

    Parameters
    ----------
    lift
        L = (I − B)⁻¹ (t, q, q).
    variance
        V (t, q).
    factor
        Noise-class factor k (t, m).
    whitener
        U (t, m, q, q).
    log_det
        ½ log |Σ_o| (t, m).
    """

    lift: Array
    variance: Array
    factor: Array
    whitener: Array
    log_det: Array

    def _arrays(self) -> tuple[Array, ...]:
        return self.lift, self.variance, self.factor, self.whitener, self.log_det


def joined_noise(parts: Sequence[Noise], rows: Sequence[Ints]) -> Noise:
    """Put some of the values of θ of several evaluations behind each other."""
    return Noise(*(gathered(arrays, rows) for arrays in zip(*(part._arrays() for part in parts), strict=True)))


def residual_noise(problem: Problem, theta: Array) -> Noise:
    """Evaluate the residual covariances at θ (t, size)."""
    parameters = problem.parameters
    L = unit_lower_inverse(parameters.matrices(theta))
    V = np.exp(2.0 * theta[:, parameters.residuals]) + problem.floor**2
    k = np.ones((len(theta), len(problem.counts)))
    learned = problem.classes >= 0
    if learned.any():
        k[:, learned] = np.exp(theta[:, parameters.factors][:, problem.classes[learned]])
    U, log_det = whitened_roots(problem, L * np.sqrt(V)[:, None, :], k)
    return Noise(L, V, k, U, log_det)


def whitened_roots(problem: Problem, roots: Array, k: Array) -> tuple[Array, Array]:
    """Whiteners (t, m, q, q) and ½ log determinants (t, m) of k² root·rootᵀ + D on the observed targets.

    By QR of the stacked roots, so that a small variance survives beside a large one. Missing targets get
    variance 1 on the way and are masked at the end. Combinations h·y of the targets have a whitener of one row,
    hᵀ/σ with σ² = k²|hᵀ root|² + D.
    """
    if problem.operators.any():
        return _with_combinations(problem, roots, k)
    return _of_targets(problem.observed, problem.added, roots, k)


def _of_targets(observed: Bools, added: Array, roots: Array, k: Array) -> tuple[Array, Array]:
    t, q = roots.shape[:2]
    stack = np.zeros((t, len(observed), 2 * q, q))
    stack[:, :, :q] = k[:, :, None, None] * roots.swapaxes(1, 2)[:, None] * observed[:, None, :]
    index = np.arange(q)
    stack[:, :, q + index, index] = np.sqrt(added) + ~observed
    R = np.asarray(np.linalg.qr(stack, mode="r"))
    log_det = np.log(np.abs(np.diagonal(R, axis1=2, axis2=3))).sum(axis=2)
    U = lower_inverse(R.swapaxes(2, 3)) * observed[:, None, :] * observed[:, :, None]
    return U, log_det


def _with_combinations(problem: Problem, roots: Array, k: Array) -> tuple[Array, Array]:
    """Whiten every original pattern once and give it to all its blocks."""
    first = np.unique(problem.block, return_index=True)[1]
    observed, added, own = problem.observed[first], problem.added[first], k[:, first]
    t, o, q = len(roots), len(first), roots.shape[1]
    U, log_det = np.zeros((t, o, q, q)), np.zeros((t, o))
    single = observed.sum(axis=1) == 1
    U[:, ~single], log_det[:, ~single] = _of_targets(observed[~single], added[~single], roots, own[:, ~single])
    slot = observed[single].argmax(axis=1)
    h = np.where(problem.combined[first][single, None], problem.operators[single], np.eye(q)[slot])
    spread = own[:, single] ** 2 * np.square(h @ roots).sum(axis=2) + added[single, slot]
    U[:, np.flatnonzero(single), slot] = h / np.sqrt(spread)[:, :, None]
    log_det[:, single] = 0.5 * np.log(spread)
    return U[:, problem.block], log_det[:, problem.block]


def unit_lower_inverse(B: Array) -> Array:
    """(I − B)⁻¹ for strictly lower-triangular B (…, q, q), by forward substitution."""
    q = B.shape[-1]
    L = np.broadcast_to(np.eye(q), B.shape).copy()
    for j in range(1, q):
        L[..., j, :] += (B[..., j, None, :j] @ L[..., :j, :])[..., 0, :]
    return L


def lower_inverse(C: Array) -> Array:
    """Solve C X = I for small lower-triangular C (…, q, q), by forward substitution."""
    q = C.shape[-1]
    X = np.zeros(C.shape)
    for i in range(q):
        X[..., i, i] = 1.0
        if i:
            X[..., i, :] -= (C[..., i, None, :i] @ X[..., :i, :])[..., 0, :]
        X[..., i, :] /= C[..., i, i, None]
    return X
