"""Gradient of the log likelihood of θ, from expected second moments (Fisher's identity), in batches."""

from __future__ import annotations

import numpy as np
from scipy.linalg.lapack import dpotri

from loop.assimilation.arrays import Array
from loop.assimilation.conditional import Conditional, condition, latent
from loop.assimilation.problem import Problem

BATCH = 2e5
"""Numbers in one batch of precision matrices: 1.6 MB, to stay in cache."""


def batch_size(problem: Problem) -> int:
    """How many values of θ are solved at once."""
    return max(1, int(BATCH / max(problem.coefficients, 1) ** 2))


def values_and_slopes(problem: Problem, theta: Array, flat: bool = False) -> tuple[Array, Array]:
    """Log posterior of θ (log likelihood when ``flat``) and its gradient.

    Parameters
    ----------
    problem
        Prepared statistics.
    theta
        (t, size).
    flat
        Flat priors on everything, coefficients profiled.

    Returns
    -------
    tuple of Array
        Values (t,) and gradients (t, size).

    Notes
    -----
    ∂ log p(data, θ) = E[∂ log p(data, β, θ) | data, θ]: the residual second moments S_o = F'F + L Q_o Lᵀ with Q_o the
    posterior covariance of the coefficients contracted with Gφφ, and their cross moments with Rφ.
    """
    step = batch_size(problem)
    parts = [_batch(problem, theta[start : start + step], flat) for start in range(0, len(theta), step)]
    return np.concatenate([value for value, _ in parts]), np.concatenate([slope for _, slope in parts])


def value_and_slope(problem: Problem, theta: Array, flat: bool = False) -> tuple[float, Array]:
    """Evaluate one θ (size,): value and gradient (size,)."""
    values, slopes = _batch(problem, theta[None], flat)
    return float(values[0]), slopes[0]


def _batch(problem: Problem, theta: Array, flat: bool) -> tuple[Array, Array]:
    state = condition(problem, theta, flat)
    slopes = np.zeros(theta.shape)
    covariance = np.zeros_like(state.factor) if flat else posterior_covariances(state.factor)
    _noise_slope(problem, state, covariance, slopes)
    values = state.log_likelihood
    if not flat:
        _hyper_slope(problem, state, covariance, slopes)
        slopes += problem.parameters.log_prior_slope(theta)
        values = values + problem.parameters.log_prior(theta)
    slopes[~np.isfinite(values)] = 0.0
    return values, slopes


def posterior_covariances(factors: Array) -> Array:
    """Lower triangles (t, P, P) of the covariances of the coefficients from Cholesky factors of their precisions."""
    lower = np.empty_like(factors)
    for own, factor in zip(lower, factors, strict=True):
        own[:] = dpotri(factor.T, lower=0)[0].T
    return lower


def _spread(problem: Problem, covariance: Array) -> Array:
    """Q_o (t, m, q, q): Σ rows cov(R_j φ, R_k φ), from lower triangles of the covariance."""
    t = len(covariance)
    Q = np.zeros((t, len(problem.counts), problem.q, problem.q))
    for j, k, block in problem.blocks:
        a, b = problem.slices[j], problem.slices[k]
        Q[:, :, j, k] = covariance[:, a, b].reshape(t, block.shape[1]) @ block.T
        if j == k:
            size = a.stop - a.start
            diagonal = np.diagonal(covariance[:, a, a], axis1=1, axis2=2)
            Q[:, :, j, j] = 2.0 * Q[:, :, j, j] - diagonal @ block[:, :: size + 1].T
        Q[:, :, k, j] = Q[:, :, j, k]
    return Q


def _noise_slope(problem: Problem, state: Conditional, covariance: Array, slopes: Array) -> None:
    parameters, noise = problem.parameters, state.noise
    L, V, k = noise.lift[:, None], noise.variance, noise.factor[:, :, None, None]
    M = noise.whitener.swapaxes(2, 3) @ noise.whitener
    S, cross = _moments(problem, state, covariance)
    scaled = 0.5 * k**2 * (M @ S @ M - problem.counts[:, None, None] * M)
    by_lift = (2.0 * scaled @ (L * V[:, None, None, :]) + M @ cross).sum(axis=1)
    by_relation = noise.lift.swapaxes(1, 2) @ by_lift @ noise.lift.swapaxes(1, 2)
    for column, (child, parent) in enumerate(parameters.edges):
        slopes[:, column] = by_relation[:, child, parent]
    own = np.einsum("tai,tmab,tbi->tmi", noise.lift, scaled, noise.lift)
    slopes[:, parameters.residuals] = 2.0 * own.sum(axis=1) * (V - problem.floor**2)
    for index in range(len(parameters.classes)):
        members = own[:, problem.classes == index].sum(axis=1)
        slopes[:, parameters.factors.start + index] = 2.0 * np.sum(members * V, axis=1)


def _moments(problem: Problem, state: Conditional, covariance: Array) -> tuple[Array, Array]:
    """Expected residual second moments S_o and cross moments with Rφ, (t, m, q, q) each."""
    m, r, p = problem.design.shape
    F, L = state.residual, state.noise.lift[:, None]
    Q = _spread(problem, covariance)
    R = latent(problem, state.noise.lift, state.mean)[0]
    fitted = (problem.design.reshape(m * r, p) @ R.reshape(-1, p).T).reshape(m, r, len(F), -1)
    cross = F.swapaxes(2, 3) @ fitted.transpose(2, 0, 1, 3) - L @ Q
    return F.swapaxes(2, 3) @ F + L @ Q @ L.swapaxes(2, 3), cross


def _hyper_slope(problem: Problem, state: Conditional, covariance: Array, slopes: Array) -> None:
    diagonal = np.diagonal(covariance, axis1=1, axis2=2)
    excess = 0.5 * ((state.mean**2 + diagonal) * state.precision - 1.0)
    parts = zip(problem.parameters.coefficients, problem.parameters.hyper, problem.slices, strict=True)
    for prior, hyper, part in parts:
        if hyper.stop > hyper.start:
            slopes[:, hyper] = np.einsum("ta,tak->tk", excess[:, part], prior.slope(state.theta[:, hyper]))
