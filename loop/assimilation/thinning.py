"""How many nodes of θ a posterior keeps."""

from __future__ import annotations

import numpy as np

from loop.assimilation.arrays import Array, Ints
from loop.assimilation.importance import Sample

NEGLIGIBLE = 1e-7
"""Total weight of the nodes that are left out."""
MEMORY = 6e6
"""Numbers that all precision factors may take together: 48 MB."""


def thinned(sample: Sample, coefficients: int) -> tuple[Ints, Array]:
    """Choose nodes by index and weigh them: all with weight, or, for many coefficients, as many as memory bounds allow.

    The systematic resampling of the second case is deterministic and keeps equal weights.
    """
    order = np.argsort(-sample.weights, kind="stable")
    total = np.cumsum(sample.weights[order])
    kept = np.sort(order[: int(np.searchsorted(total, 1.0 - NEGLIGIBLE)) + 1])
    limit = max(16, int(MEMORY / max(coefficients, 1) ** 2))
    weights = sample.weights[kept] / sample.weights[kept].sum()
    if len(kept) <= limit:
        return kept, weights
    positions = (np.arange(limit) + 0.5) / limit
    chosen, repeats = np.unique(np.searchsorted(np.cumsum(weights), positions), return_counts=True)
    chosen = np.minimum(chosen, len(weights) - 1)
    return kept[chosen], repeats / limit
