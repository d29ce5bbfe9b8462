"""From a prepared problem to weighted nodes of θ, one function per estimator."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from loop.assimilation.arrays import Array, Generator
from loop.assimilation.conditional import condition
from loop.assimilation.ensemble import walk
from loop.assimilation.gradient import value_and_slope
from loop.assimilation.importance import Sample, integrate
from loop.assimilation.maximum import maximize
from loop.assimilation.mode import modes
from loop.assimilation.problem import Problem
from loop.assimilation.start import limits, starts
from loop.errors import CampaignError

Estimate = Callable[[Problem, Generator], Sample]
MOST_INTEGRATED = 10
"""Parameters in θ beyond which importance sampling degrades and MCMC is used at once."""
BATCH = 4e6
"""Numbers in one batch of precision matrices: 32 MB."""


def log_density(problem: Problem) -> Callable[[Array], Array]:
    """Log posterior density (t,) of θ (t, size), normalized by the evidence's convention, in bounded memory."""
    low, high = limits(problem)
    batch = max(1, int(BATCH / max(problem.coefficients, 1) ** 2))

    def density(theta: Array) -> Array:
        values = np.full(len(theta), -np.inf)
        inside = np.flatnonzero(np.all((theta >= low) & (theta <= high), axis=1))
        for start in range(0, len(inside), batch):
            chosen = inside[start : start + batch]
            values[chosen] = condition(problem, theta[chosen]).log_likelihood
        values += problem.parameters.log_prior(theta)
        return values

    return density


def bayes(problem: Problem, rng: Generator) -> Sample:
    """Integrate θ by importance sampling; by MCMC where that fails."""
    found = modes(lambda theta: value_and_slope(problem, theta), starts(problem), limits(problem))
    density = log_density(problem)
    if problem.parameters.size > MOST_INTEGRATED:
        return walk(density, integrate(density, found, rng, rounds=2), rng)
    sample = integrate(density, found, rng)
    return sample if sample.reliable else walk(density, sample, rng)


def map_(problem: Problem, rng: Generator) -> Sample:  # noqa: ARG001
    """Put all weight on the highest mode of the posterior of θ; the evidence is its Laplace approximation."""
    best = modes(lambda theta: value_and_slope(problem, theta), starts(problem), limits(problem))[0]
    return _point(best.theta, best.log_mass, "mode of the posterior of θ")


def mle(problem: Problem, rng: Generator) -> Sample:
    """Put all weight on the maximum of the complete likelihood."""
    return _point(maximize(problem, rng), float("nan"), "maximum of the likelihood")


def _point(theta: Array, log_evidence: float, method: str) -> Sample:
    return Sample(theta[None], np.ones(1), log_evidence, 1.0, float("nan"), method)


ESTIMATORS: dict[str, Estimate] = {"bayes": bayes, "map": map_, "mle": mle}


def estimator(name: str) -> Estimate:
    """Look up an estimator.

    Raises
    ------
    CampaignError
        For an unknown name.
    """
    if name not in ESTIMATORS:
        raise CampaignError(f"estimator {name!r}: expected one of {', '.join(ESTIMATORS)}")
    return ESTIMATORS[name]
