"""From a prepared problem to weighted nodes of θ, one function per estimator."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from loop.assimilation.arrays import Array, Generator
from loop.assimilation.density import LogDensity
from loop.assimilation.ensemble import walk
from loop.assimilation.gradient import values_and_slopes
from loop.assimilation.importance import Sample, integrate
from loop.assimilation.maximum import maximize
from loop.assimilation.newton import Mode, modes
from loop.assimilation.problem import Problem
from loop.assimilation.start import limits, starts
from loop.errors import CampaignError

Estimate = Callable[[Problem, Generator], Sample]


def find_modes(problem: Problem, density: LogDensity, settled: float = 1e-3) -> list[Mode]:
    """Find the distinct modes of the posterior of θ, best first."""
    return modes(lambda theta: values_and_slopes(problem, theta), density, starts(problem), limits(problem), settled)


def bayes(problem: Problem, rng: Generator) -> Sample:
    """Integrate θ by importance sampling; by MCMC where its effective size or tail say that it failed."""
    found = find_modes(problem, LogDensity(problem))
    density = LogDensity(problem, remember=True)
    sample = integrate(density, found, rng)
    return replace(sample, solved=density.solved) if sample.reliable else walk(LogDensity(problem), sample, rng)


def map_(problem: Problem, rng: Generator) -> Sample:  # noqa: ARG001
    """Put all weight on the highest mode of the posterior of θ; the evidence is its Laplace approximation."""
    best = find_modes(problem, LogDensity(problem), settled=1e-9)[0]
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
