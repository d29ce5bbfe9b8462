"""The complete likelihood at given coefficients and covariance."""

from __future__ import annotations

import numpy as np

from loop.assimilation.arrays import Array
from loop.assimilation.noise import whitened_roots
from loop.assimilation.problem import Problem


def complete_log_likelihood(problem: Problem, W: Array, root: Array, factor: Array | None = None) -> float:
    """Sum of the log marginals of all rows (Takai & Kano 2013; method.md, 2).

    Parameters
    ----------
    problem
        Prepared statistics.
    W
        Coefficients (q, p) of the targets' means, scaled units.
    root
        (q, q) with root·rootᵀ the residual covariance, scaled units.
    factor
        Noise-class factor per pattern (m,); None is 1.
    """
    k = np.ones(len(problem.counts)) if factor is None else factor
    whitener, log_det = whitened_roots(problem, root[None], k[None])
    F = problem.targets - problem.design @ W.T
    white = F @ whitener[0].swapaxes(1, 2)
    return float(problem.offset - log_det[0] @ problem.counts - 0.5 * np.sum(white**2))
