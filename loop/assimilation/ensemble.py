"""Ensemble MCMC, the fallback where importance sampling degrades."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from loop.assimilation.arrays import Array, Generator
from loop.assimilation.importance import Density, Sample

BURN, KEEP, THIN = 300, 40, 15
"""Sweeps thrown away, states of the ensemble kept, sweeps between them."""


def walk(density: Density, sample: Sample, rng: Generator) -> Sample:
    """Sample a log density by the affine-invariant stretch move with differential evolution.

    Parameters
    ----------
    density
        Log density (t, size) → (t,).
    sample
        Weighted draws to start from; their evidence estimate is kept.
    rng
        Generator.

    Returns
    -------
    Sample
        Equally weighted nodes.

    Notes
    -----
    Goodman & Weare, Comm. App. Math. Comp. Sci. 5, 65 (2010); differential evolution moves of ter Braak
    (2006) every other sweep let walkers change modes.
    """
    size = sample.theta.shape[1]
    walkers = 2 * max(16, 2 * size)
    state = sample.theta[rng.choice(len(sample.weights), size=walkers, p=sample.weights)]
    spread = np.sqrt(sample.weights @ (sample.theta - sample.weights @ sample.theta) ** 2)
    state = state + 0.1 * np.maximum(spread, 1e-12) * rng.standard_normal(state.shape)
    values = density(state)
    kept = []
    for sweep in range(BURN + KEEP * THIN):
        state, values = _sweep(density, state, values, sweep, rng)
        if sweep >= BURN and (sweep - BURN) % THIN == THIN - 1:
            kept.append(state.copy())
    chain = np.array(kept)
    theta = chain.reshape(-1, size)
    weights = np.full(len(theta), 1.0 / len(theta))
    return replace(
        sample,
        theta=theta,
        weights=weights,
        effective=independent_draws(chain),
        shape=float("nan"),
        method="MCMC",
        solved=None,
    )


def _sweep(density: Density, state: Array, values: Array, sweep: int, rng: Generator) -> tuple[Array, Array]:
    state, values = state.copy(), values.copy()
    half = len(state) // 2
    for own, other in ((slice(0, half), slice(half, None)), (slice(half, None), slice(0, half))):
        move = _stretch if sweep % 2 else _difference
        proposed, log_ratio = move(state[own], state[other], sweep, rng)
        new = density(proposed)
        with np.errstate(invalid="ignore"):
            accepted = np.log(rng.random(half)) < new - values[own] + log_ratio
        state[own] = np.where(accepted[:, None], proposed, state[own])
        values[own] = np.where(accepted, new, values[own])
    return state, values


def _stretch(own: Array, other: Array, sweep: int, rng: Generator) -> tuple[Array, Array]:  # noqa: ARG001
    z = (1.0 + rng.random(len(own))) ** 2 / 2.0
    partner = other[rng.integers(len(other), size=len(own))]
    return partner + z[:, None] * (own - partner), (own.shape[1] - 1) * np.log(z)


def _difference(own: Array, other: Array, sweep: int, rng: Generator) -> tuple[Array, Array]:
    a = rng.integers(len(other), size=len(own))
    b = (a + 1 + rng.integers(len(other) - 1, size=len(own))) % len(other)
    jump = 1.0 if sweep % 20 == 0 else 2.38 / np.sqrt(2.0 * own.shape[1])
    noise = 1e-5 * rng.standard_normal(own.shape)
    return own + jump * (other[a] - other[b]) * (1.0 + noise), np.zeros(len(own))


def independent_draws(chain: Array) -> float:
    """Least effective number of draws over coordinates of a chain (steps, walkers, size).

    Split-R̂-style estimate from variances between and within walkers and the initial positive
    autocorrelations (Geyer 1992).
    """
    steps, walkers, _ = chain.shape
    centred = chain - chain.mean(axis=(0, 1))
    variance = np.maximum(np.mean(centred**2, axis=(0, 1)), 1e-300)
    total = np.ones(chain.shape[2])
    alive = np.ones(chain.shape[2], dtype=bool)
    for lag in range(1, steps // 2):
        rho = np.mean(centred[lag:] * centred[:-lag], axis=(0, 1)) / variance
        alive &= rho > 0.05
        if not alive.any():
            break
        total += 2.0 * np.where(alive, rho, 0.0)
    return float(steps * walkers / np.max(total))
