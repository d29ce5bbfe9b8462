"""Which candidates were observed already, as far as statistics tell."""

from __future__ import annotations

import numpy as np

from loop.assimilation import Basis, Statistics

_SHARE = 1e-8
"""Share of φ(x) outside the span of the observed rows up to which x counts as one of them."""


def measured(statistics: Statistics, basis: Basis, X: np.ndarray, target: int) -> np.ndarray:
    """Recognize candidates at which a target was observed.

    Statistics keep no rows, but the span of their φ and G = Σ φφᵀ. An observed point lies in the span and has a
    leverage φᵀG⁺φ of at most 1. While fewer rows than functions observed the target others hardly ever do, unless
    they are known as well as by an observation of their own; from then on nothing is recognized. Rows of a weight
    below 1 may be missed.

    Parameters
    ----------
    statistics
        Of all rows so far.
    basis
        The p functions.
    X
        Points (n, d).
    target
        Position of the target.

    Returns
    -------
    np.ndarray
        (n,), bool.
    """
    factors = [each.factor[:, : basis.size] for each in statistics.patterns if each.key.observed[target]]
    if not factors or len(X) == 0:
        return np.zeros(len(X), dtype=bool)
    _, values, right = np.linalg.svd(np.concatenate(factors), full_matrices=False)
    kept = values > 1e-9 * values.max(initial=0.0)
    span = right[kept]
    if len(span) >= basis.size:
        return np.zeros(len(X), dtype=bool)
    design = basis.design(X)
    inside = design @ span.T
    outside = ((design - inside @ span) ** 2).sum(axis=1)
    leverage = ((inside / values[kept]) ** 2).sum(axis=1)
    return np.asarray((outside <= _SHARE * (design**2).sum(axis=1)) & (leverage <= 1.0 + 1e-6))
