"""All coefficients given θ, in closed form: one Cholesky factorization of size P = Σ|A_j|."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.linalg.lapack import dpotrf, dpotrs

from loop.assimilation.arrays import Array, Bools, Ints, gathered
from loop.assimilation.noise import Noise, joined_noise, residual_noise
from loop.assimilation.problem import Problem

MISS = 1e-8
"""Error of a coefficient, in posterior standard deviations, that calls for a step of refinement."""


@dataclass(frozen=True)
class Conditional:
    """Gaussian coefficients β | θ, data at t values of θ, scaled units.

    Parameters
    ----------
    theta
        (t, size).
    noise
        Residual covariances.
    mean
        β (t, P).
    factor
        Lower Cholesky factors of the precision of β (t, P, P).
    residual
        Triangular residuals F (t, m, r, q), y − L R φ in factor form.
    precision
        Prior precisions (t, P), zero for a flat prior.
    log_likelihood
        (t,): marginal over β, or maximized over it with a flat prior; −inf where the factorization failed.
    """

    theta: Array
    noise: Noise
    mean: Array
    factor: Array
    residual: Array
    precision: Array
    log_likelihood: Array

    def _arrays(self) -> tuple[Array, ...]:
        return self.mean, self.factor, self.residual, self.precision, self.log_likelihood


def joined(states: Sequence[Conditional], rows: Sequence[Ints]) -> Conditional:
    """Put some of the values of θ of several states behind each other, copying once."""
    arrays = [gathered(parts, rows) for parts in zip(*(state._arrays() for state in states), strict=True)]
    theta = gathered([state.theta for state in states], rows)
    return Conditional(theta, joined_noise([state.noise for state in states], rows), *arrays)


def condition(problem: Problem, theta: Array, flat: bool = False) -> Conditional:
    """Solve for the coefficients at every row of θ.

    Parameters
    ----------
    problem
        Prepared statistics.
    theta
        (t, size).
    flat
        Use a flat prior on the coefficients and profile instead of integrating.

    Notes
    -----
    H = Σ_o (L_oᵀ Σ_o⁻¹ L_o) ⊗ Gφφ + P(θ). One step of refinement takes its residual from the triangular
    factors (corrected seminormal equations, Björck 1987), so that the squared condition of H does not reach
    the fit; it is left out where it would move no coefficient by 1e-8 of its posterior deviation.
    """
    noise = residual_noise(problem, theta)
    lifted = noise.whitener @ noise.lift[:, None]
    precision = np.zeros((len(theta), problem.coefficients)) if flat else prior_precision(problem, theta)
    H = _normal_matrix(problem, lifted, precision)
    gain = lifted.swapaxes(2, 3) @ noise.whitener
    solvable = _factorize(H)
    beta = _solve(H, _right_side(problem, gain), solvable)
    F = residuals(problem, noise.lift, beta)
    rest = _score(problem, gain, F) - precision * beta
    if _misses(H, rest, solvable):
        beta = beta + _solve(H, rest, solvable)
        F = residuals(problem, noise.lift, beta)
    value = _log_likelihood(problem, noise, F)
    if not flat:
        value += _log_marginal(H, beta, precision)
    return Conditional(theta, noise, beta, H, F, precision, np.where(solvable, value, -np.inf))


def prior_precision(problem: Problem, theta: Array) -> Array:
    """Prior precisions (t, P) of the coefficients."""
    parts = zip(problem.parameters.coefficients, problem.parameters.hyper, strict=True)
    logs = [np.broadcast_to(prior.log_variance(theta[:, s]), (len(theta), len(prior.fixed))) for prior, s in parts]
    return np.asarray(np.exp(-np.clip(np.concatenate(logs, axis=1), -300.0, 300.0)))


def latent(problem: Problem, lift: Array, beta: Array) -> tuple[Array, Array]:
    """R (t, q, p), the coefficients of every target's own equation, and W = L R, those of its mean."""
    R = np.zeros((len(beta), problem.q, problem.p))
    for j, (active, part) in enumerate(zip(problem.active, problem.slices, strict=True)):
        R[:, j, active] = beta[:, part]
    return R, lift @ R


def residuals(problem: Problem, lift: Array, beta: Array) -> Array:
    """Triangular residuals (t, m, r, q)."""
    t, (m, r, q) = len(beta), problem.targets.shape
    W = latent(problem, lift, beta)[1]
    fitted = problem.design.reshape(m * r, problem.p) @ W.reshape(t * q, problem.p).T
    F = problem.targets[:, :, None] - fitted.reshape(m, r, t, q)
    return np.ascontiguousarray(F.transpose(2, 0, 1, 3))


def _normal_matrix(problem: Problem, lifted: Array, precision: Array) -> Array:
    t, P = precision.shape
    H = np.zeros((t, P, P))
    K = lifted.swapaxes(2, 3) @ lifted
    for j, k, block in problem.blocks:
        a, b = problem.slices[j], problem.slices[k]
        H[:, a, b] = (K[:, :, j, k] @ block).reshape(t, a.stop - a.start, b.stop - b.start)
    H[:, np.arange(P), np.arange(P)] += precision
    return H


def _right_side(problem: Problem, gain: Array) -> Array:
    parts = []
    for j, cross in enumerate(problem.cross):
        m, a, q = cross.shape
        flat = gain[:, :, j].reshape(len(gain), m * q)
        parts.append(flat @ cross.transpose(0, 2, 1).reshape(m * q, a))
    return np.concatenate(parts, axis=1)


def _score(problem: Problem, gain: Array, F: Array) -> Array:
    """Gradient of the log likelihood in β, from residuals in factor form."""
    t, m, r, q = F.shape
    pulled = (F @ gain.swapaxes(2, 3)).transpose(1, 2, 0, 3).reshape(m * r, t * q)
    score = (problem.design.reshape(m * r, problem.p).T @ pulled).reshape(problem.p, t, q)
    return np.concatenate([score[active, :, j].T for j, active in enumerate(problem.active)], axis=1)


def _factorize(H: Array) -> Bools:
    """Replace every H by its lower Cholesky factor, in place; False where it is not positive definite."""
    solvable = np.ones(len(H), dtype=bool)
    for i, matrix in enumerate(H):
        solvable[i] = dpotrf(matrix.T, lower=0, overwrite_a=1, clean=1)[1] == 0
    return solvable


def _solve(factors: Array, rhs: Array, solvable: Bools) -> Array:
    solution = np.zeros_like(rhs)
    for i in np.flatnonzero(solvable):
        solution[i] = dpotrs(factors[i].T, rhs[i], lower=0)[0]
    return solution


def _misses(factors: Array, rest: Array, solvable: Bools) -> bool:
    """Whether some solution is off by more than a negligible part of its posterior deviation."""
    diagonal = np.diagonal(factors, axis1=1, axis2=2)[solvable]
    return bool(np.any(np.abs(rest[solvable]) > MISS * diagonal))


def _log_likelihood(problem: Problem, noise: Noise, F: Array) -> Array:
    white = F @ noise.whitener.swapaxes(2, 3)
    quadratic = np.einsum("tmrq,tmrq->t", white, white)
    return np.asarray(problem.offset - noise.log_det @ problem.counts - 0.5 * quadratic)


def _log_marginal(H: Array, beta: Array, precision: Array) -> Array:
    diagonal = np.abs(np.diagonal(H, axis1=1, axis2=2))
    log_det = np.log(np.where(diagonal > 0, diagonal, 1.0)).sum(axis=1)
    return np.asarray(0.5 * np.log(precision).sum(axis=1) - log_det - 0.5 * (precision * beta**2).sum(axis=1))
