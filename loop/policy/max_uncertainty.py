"""``max_uncertainty``: ask for what is known least."""

from __future__ import annotations

import numpy as np

from loop.policy.belief import Belief
from loop.policy.rule import Pick, ranked


class MaxUncertainty:
    """Rank by the deviation of the requested target, each pick counted as done for the next (method.md 5).

    The source's rule for calculations: they are to establish the model, not to chase its maximum.
    """

    summary = "the prediction is most uncertain there"

    def __call__(
        self, belief: Belief, X: np.ndarray, count: int, *, target: str, sign: float, rng: np.random.Generator
    ) -> list[Pick]:
        """See :class:`~loop.policy.rule.Rule`."""
        picks: list[Pick] = []
        while len(picks) < min(count, len(X)):
            if picks:
                belief = belief.conditioned(X[[picks[-1].index]], target)
            picks.append(ranked(belief.deviation(X, target), [pick.index for pick in picks]))
        return picks
