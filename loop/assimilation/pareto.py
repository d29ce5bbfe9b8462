"""The shape of the tail of importance weights."""

from __future__ import annotations

import numpy as np

from loop.assimilation.arrays import Array


def effective_size(weights: Array) -> float:
    """Kish's effective sample size 1 / Σw² of normalized weights."""
    return float(1.0 / np.sum(weights**2))


def pareto_shape(weights: Array) -> float:
    """Fit a generalized Pareto distribution to the largest weights and return its shape k.

    Above 0.7 the weights cannot be trusted (Vehtari, Simpson, Gelman, Yao & Gabry, JMLR 25, 72 (2024)); the
    fit is the one of Zhang & Stephens, Technometrics 51, 316 (2009), with the weakly informative prior of
    Vehtari et al.

    Parameters
    ----------
    weights
        Normalized weights (n,).
    """
    n = len(weights)
    tail = int(min(0.2 * n, 3.0 * np.sqrt(n)))
    ordered = np.sort(weights)
    excess = ordered[-tail:] - ordered[-tail - 1] if tail < n else ordered
    excess = excess[excess > 0]
    if len(excess) < 5:
        return float(-np.inf)
    k = _zhang_stephens(excess)
    return (k * len(excess) + 5.0) / (len(excess) + 10.0)


def _zhang_stephens(x: Array) -> float:
    n = len(x)
    grid = 30 + int(np.sqrt(n))
    quartile = x[int(n / 4 + 0.5) - 1]
    b = 1.0 / x[-1] + (1.0 - np.sqrt(grid / (np.arange(1, grid + 1) - 0.5))) / (3.0 * quartile)
    k = np.mean(np.log1p(-b[:, None] * x), axis=1)
    score = n * (np.log(-b / k) - k - 1.0)
    weight = np.exp(score - score.max())
    best = float(np.sum(b * weight) / weight.sum())
    return float(np.mean(np.log1p(-best * x)))
