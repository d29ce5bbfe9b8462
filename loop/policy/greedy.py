"""``greedy``: ask for what is predicted to be best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loop.policy.belief import Belief
from loop.policy.rule import Pick, ranked
from loop.policy.sought import sought

if TYPE_CHECKING:
    from loop.policy.refining import Surface


class Greedy:
    """Rank by the predicted mean: the source's rule for experiments (method.md 5).

    A batch is the best, the second best, and so on: the mean does not change by data whose values are unknown.
    """

    summary = "the highest predicted value"

    def __call__(
        self, belief: Belief, X: np.ndarray, count: int, *, target: str, sign: float, rng: np.random.Generator
    ) -> list[Pick]:
        """See :class:`~loop.policy.rule.Rule`."""
        acquisition = sought(belief, target, sign).utility(belief.mean(X, target))
        picks: list[Pick] = []
        while len(picks) < min(count, len(X)):
            picks.append(ranked(acquisition, [pick.index for pick in picks]))
        return picks

    def surface(self, belief: Belief, X: np.ndarray, *, target: str, sign: float, rng: np.random.Generator) -> Surface:
        """See :class:`~loop.policy.refining.Smooth`."""
        objective = sought(belief, target, sign)
        return lambda P: objective.utility(belief.mean(P, target))
