"""Integration over θ by adaptive importance sampling with the balance heuristic (method.md, 3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import logsumexp

from loop.assimilation.arrays import Array, Generator, Ints
from loop.assimilation.conditional import Conditional
from loop.assimilation.newton import Mode
from loop.assimilation.pareto import effective_size, pareto_shape
from loop.assimilation.proposal import Proposal

Density = Callable[[Array], Array]
ENOUGH = 60.0
"""Effective sample size below which another round is drawn."""
HEAVIEST = 0.7
"""Pareto shape above which another round is drawn."""


@dataclass(frozen=True)
class Sample:
    """Weighted nodes of θ.

    Parameters
    ----------
    theta
        Nodes (t, size).
    weights
        Normalized (t,).
    log_evidence
        Log of the integral of the density.
    effective
        Effective sample size.
    shape
        Pareto shape of the weights.
    method
        "importance sampling" or "MCMC".
    solved
        Gives the coefficients already solved at some of the nodes.
    """

    theta: Array
    weights: Array
    log_evidence: float
    effective: float
    shape: float
    method: str = "importance sampling"
    solved: Callable[[Ints], Conditional | None] | None = None

    @property
    def reliable(self) -> bool:
        """Whether effective size and tail are good enough."""
        return self.effective >= ENOUGH and self.shape <= HEAVIEST


class _Pool:
    """Draws of all rounds with their densities under target and proposals."""

    def __init__(self, density: Density, rng: Generator) -> None:
        self._density, self._rng = density, rng
        self._draws: list[Array] = []
        self._values: list[Array] = []
        self._proposals: list[tuple[Proposal, int]] = []

    def add(self, proposal: Proposal, n: int) -> None:
        draws = proposal.draw(n, self._rng)
        self._draws.append(draws)
        self._values.append(self._density(draws))
        self._proposals.append((proposal, n))

    def sample(self) -> Sample:
        theta, values = np.concatenate(self._draws), np.concatenate(self._values)
        logs = np.array([p.log_density(theta) + np.log(n) for p, n in self._proposals])
        ratio = values - (logsumexp(logs, axis=0) if len(logs) > 1 else logs[0])
        total = float(logsumexp(ratio))
        weights = np.exp(ratio - total)
        return Sample(theta, weights, total, effective_size(weights), pareto_shape(weights))


def round_size(size: int) -> int:
    """Draws per round: 128 up to 5 parameters, more above."""
    return 128 if size <= 5 else 256 if size <= 7 else 512


def integrate(density: Density, modes: list[Mode], rng: Generator, rounds: int = 4) -> Sample:
    """Integrate a log density around its modes.

    Parameters
    ----------
    density
        Log density of θ (t, size) → (t,).
    modes
        Best first.
    rng
        Source of scrambling.
    rounds
        Most refits before the caller must fall back to MCMC.
    """
    n = round_size(len(modes[0].theta))
    pool = _Pool(density, rng)
    shares = _shares(modes, n)
    for mode, share in zip(modes, shares, strict=True):
        pool.add(Proposal.of(mode.theta, mode.covariance), share)
    sample = pool.sample()
    for _ in range(rounds):
        pool.add(_refit(sample), n)
        sample = pool.sample()
        if sample.reliable:
            break
    return sample


def _shares(modes: list[Mode], n: int) -> list[int]:
    """Powers of two near n times the Laplace mass of each mode, never below an eighth."""
    logs = np.array([mode.log_mass for mode in modes])
    mass = np.exp(logs - logsumexp(logs))
    return [int(2 ** np.ceil(np.log2(n * max(m, 0.125) - 0.5))) for m in mass]


def _refit(sample: Sample) -> Proposal:
    """Location and scale of the weighted draws, weights tempered while few draws carry them."""
    weights = _tempered(sample.weights, 3 * (sample.theta.shape[1] + 1))
    mean = weights @ sample.theta
    centred = sample.theta - mean
    return Proposal.of(mean, (weights[:, None] * centred).T @ centred, inflation=1.2)


def _tempered(weights: Array, least: int) -> Array:
    """Flatten weights until ``least`` draws carry them; where they underflow, take the heaviest draws alike."""
    for _ in range(20):
        if effective_size(weights) > least:
            return weights
        weights = weights**0.7
        weights = weights / weights.sum()
    heaviest = np.argsort(-weights, kind="stable")[:least]
    flat = np.zeros_like(weights)
    flat[heaviest] = 1.0 / len(heaviest)
    return flat
