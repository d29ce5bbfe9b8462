"""The point estimate: coefficients, residual covariance and precision in target units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_solve

from loop.assimilation.arrays import Array
from loop.assimilation.conditional import Conditional, latent
from loop.assimilation.problem import Problem
from loop.assimilation.scaling import Scaling


@dataclass(frozen=True)
class Estimate:
    """What a fit says in one number per parameter, target units.

    For one node of θ the precision is (−AᵀV⁻¹R | AᵀV⁻¹A) with its zeros exact. For a mixture coefficients and
    residual covariance are posterior means, and the precision is the one consistent with them: W = −Λyy⁻¹Λyx
    holds, zeros do not.

    Parameters
    ----------
    coefficients
        W (q, p).
    covariance
        Residual covariance (q, q).
    precision
        (Λyx | Λyy) (q, p + q).
    """

    coefficients: Array
    covariance: Array
    precision: Array


def estimate(problem: Problem, state: Conditional, weights: Array, scaling: Scaling, constant: int | None) -> Estimate:
    """Summarize a mixture over the nodes of ``state``."""
    R, W = latent(problem, state.noise.lift, state.mean)
    curves = np.einsum("t,tjp->jp", weights, W) * scaling.unit[:, None]
    if constant is not None:
        curves[:, constant] += scaling.centre
    roots = state.noise.lift * np.sqrt(state.noise.variance)[:, None, :] * scaling.unit[:, None]
    covariance = np.einsum("t,tij,tkj->ik", weights, roots, roots)
    if len(weights) == 1:
        return Estimate(curves, covariance, _structured(problem, state, R[0], scaling, constant))
    factor = np.linalg.cholesky(covariance)
    inner = cho_solve((factor, True), np.eye(problem.q))
    return Estimate(curves, covariance, np.hstack([-inner @ curves, inner]))


def _structured(problem: Problem, state: Conditional, R: Array, scaling: Scaling, constant: int | None) -> Array:
    unit = scaling.unit
    B = problem.parameters.matrices(state.theta)[0] * unit[:, None] / unit
    A = np.eye(problem.q) - B
    own = R * unit[:, None]
    if constant is not None:
        own[:, constant] += A @ scaling.centre
    weighted = A.T / (state.noise.variance[0] * unit**2)
    return np.hstack([-weighted @ own, weighted @ A])
