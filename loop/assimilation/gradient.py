"""Gradient of the log likelihood of θ, from expected second moments (Fisher's identity)."""

from __future__ import annotations

import numpy as np
from scipy.linalg.lapack import dpotri

from loop.assimilation.arrays import Array
from loop.assimilation.conditional import Conditional, condition, latent
from loop.assimilation.problem import Problem


def value_and_slope(problem: Problem, theta: Array, flat: bool = False) -> tuple[float, Array]:
    """Log posterior of θ (log likelihood when ``flat``) and its gradient.

    Parameters
    ----------
    problem
        Prepared statistics.
    theta
        (size,).
    flat
        Flat priors on everything, coefficients profiled.

    Notes
    -----
    ∂ log p(data, θ) = E[∂ log p(data, β, θ) | data, θ]: the residual second moments S_o = F'F + L Q_o Lᵀ with
    Q_o the posterior second moment of the coefficients' deviations contracted with Gφφ, and their cross moments with Rφ.
    """
    state = condition(problem, theta[None], flat)
    slope = np.zeros(problem.parameters.size)
    if not np.isfinite(state.log_likelihood[0]):
        return -np.inf, slope
    covariance = np.zeros((problem.coefficients,) * 2) if flat else posterior_covariance(state.factor[0])
    _noise_slope(problem, state, covariance, slope)
    if flat:
        return float(state.log_likelihood[0]), slope
    _hyper_slope(problem, state, covariance, slope)
    slope += problem.parameters.log_prior_slope(theta)
    return float(state.log_likelihood[0] + problem.parameters.log_prior(theta[None])[0]), slope


def posterior_covariance(factor: Array) -> Array:
    """Covariance (P, P) of the coefficients from the Cholesky factor of their precision."""
    upper = dpotri(factor.T, lower=0)[0]
    return np.asarray(np.triu(upper) + np.triu(upper, 1).T)


def _spread(problem: Problem, covariance: Array) -> Array:
    """Q_o (m, q, q): Σ rows cov(R_j φ, R_k φ)."""
    Q = np.zeros((len(problem.counts), problem.q, problem.q))
    for j, k, block in problem.blocks:
        Q[:, j, k] = block @ covariance[problem.slices[j], problem.slices[k]].ravel()
        Q[:, k, j] = Q[:, j, k]
    return Q


def _noise_slope(problem: Problem, state: Conditional, covariance: Array, slope: Array) -> None:
    parameters, noise = problem.parameters, state.noise
    L, V, k = noise.lift[0], noise.variance[0], noise.factor[0][:, None, None]
    M = noise.whitener[0].swapaxes(1, 2) @ noise.whitener[0]
    Q, F = _spread(problem, covariance), state.residual[0]
    R = latent(problem, noise.lift, state.mean)[0][0]
    S = F.swapaxes(1, 2) @ F + L @ Q @ L.T
    cross = F.swapaxes(1, 2) @ (problem.design @ R.T) - L @ Q
    by_covariance = 0.5 * (M @ S @ M - problem.counts[:, None, None] * M)
    scaled = k**2 * by_covariance
    by_lift = (2.0 * scaled @ (L * V) + M @ cross).sum(axis=0)
    by_relation = L.T @ by_lift @ L.T
    slope[parameters.relation] = [by_relation[edge] for edge in parameters.edges]
    pulled = L.T @ scaled @ L
    by_variance = np.diagonal(pulled.sum(axis=0))
    slope[parameters.residuals] = 2.0 * by_variance * (V - problem.floor**2)
    for index in range(len(parameters.classes)):
        own = np.diagonal(pulled[problem.classes == index], axis1=1, axis2=2).sum(axis=0)
        slope[parameters.factors.start + index] = 2.0 * own @ V


def _hyper_slope(problem: Problem, state: Conditional, covariance: Array, slope: Array) -> None:
    moment = (state.mean[0] ** 2 + np.diagonal(covariance)) * state.precision[0]
    parts = zip(problem.parameters.coefficients, problem.parameters.hyper, problem.slices, strict=True)
    for prior, hyper, part in parts:
        if hyper.stop > hyper.start:
            slope[hyper] = 0.5 * (moment[part] - 1.0) @ prior.slope(state.theta[0, hyper])
