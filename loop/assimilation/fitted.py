"""The result of one fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from loop.assimilation.arrays import Array, generator
from loop.assimilation.basis import Basis
from loop.assimilation.conditional import Conditional, condition
from loop.assimilation.diagnostics import diagnose
from loop.assimilation.estimate import Estimate, estimate
from loop.assimilation.importance import Sample
from loop.assimilation.inference import estimator
from loop.assimilation.likelihood import complete_log_likelihood
from loop.assimilation.posterior import Posterior
from loop.assimilation.problem import Problem, prepare
from loop.assimilation.scaling import Scaling
from loop.assimilation.structure import Structure
from loop.assimilation.thinning import thinned

if TYPE_CHECKING:
    from loop.assimilation.assimilation import DataAssimilation


@dataclass(frozen=True)
class Fitted:
    """Everything that a fit leaves behind.

    Parameters
    ----------
    sample
        Weighted nodes of θ.
    posterior
        The mixture.
    estimate
        One number per parameter.
    log_likelihood
        Complete log likelihood at the estimate.
    diagnostics
        Words and numbers.
    """

    sample: Sample
    posterior: Posterior
    estimate: Estimate
    log_likelihood: float
    diagnostics: dict[str, Any]


def fit(model: DataAssimilation) -> Fitted:
    """Fit ``model`` to its statistics."""
    basis, structure = model.basis, model.structure
    scaling = Scaling.of(model.statistics, structure, basis.constant, model.centre, model.scale)
    problem = prepare(model.statistics, basis, structure, scaling, model.prior)
    sample = estimator(model.estimator)(problem, generator(model.random_state))
    flat = model.estimator == "mle"
    kept, weights = thinned(sample, problem.coefficients)
    state = sample.solved(kept) if sample.solved else None
    state = state or condition(problem, sample.theta[kept], flat)
    posterior = _posterior(basis, structure, scaling, problem, state, weights)
    summary = estimate(problem, state, weights, scaling, basis.constant)
    value = _log_likelihood(problem, state, weights, summary, scaling, basis.constant)
    return Fitted(sample, posterior, summary, value, diagnose(problem, structure, sample, state, weights, flat))


def held(model: DataAssimilation, theta: Array) -> Posterior:
    """Posterior of the coefficients of ``model`` given its statistics and one value of θ (size,), without a fit."""
    basis, structure = model.basis, model.structure
    scaling = Scaling.of(model.statistics, structure, basis.constant, model.centre, model.scale)
    problem = prepare(model.statistics, basis, structure, scaling, model.prior)
    state = condition(problem, theta[None])
    return _posterior(basis, structure, scaling, problem, state, np.ones(1))


def _posterior(
    basis: Basis, structure: Structure, scaling: Scaling, problem: Problem, state: Conditional, weights: Array
) -> Posterior:
    return Posterior(
        basis, structure, scaling, problem.active, state.theta, weights, state.noise.lift, state.noise.variance,
        state.mean, state.factor,
    )  # fmt: skip


def _log_likelihood(
    problem: Problem,
    state: Conditional,
    weights: Array,
    summary: Estimate,
    scaling: Scaling,
    constant: int | None,
) -> float:
    W = summary.coefficients / scaling.unit[:, None]
    if constant is not None:
        W[:, constant] -= scaling.centre / scaling.unit
    if len(weights) == 1:
        root = state.noise.lift[0] * np.sqrt(state.noise.variance[0])
    else:
        root = np.linalg.cholesky(summary.covariance / np.outer(scaling.unit, scaling.unit))
    return complete_log_likelihood(problem, W, root, weights @ state.noise.factor)
