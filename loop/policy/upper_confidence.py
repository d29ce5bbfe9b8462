"""``ucb``: ask for what may be best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loop.policy.belief import Belief, moments
from loop.policy.rule import Pick
from loop.policy.shrinking import Score, Shrinking
from loop.policy.sought import sought

if TYPE_CHECKING:
    from loop.policy.refining import Surface


class UpperConfidenceBound:
    """Rank by predicted mean plus a multiple of its deviation.

    Srinivas et al., IEEE Trans. Inf. Theory 58, 3250 (2012). In a batch every pick counts as done for the deviation of
    the next (GP-BUCB: Desautels et al., J. Mach. Learn. Res. 15, 3873 (2014)). Mean and deviation are those of the
    whole mixture over θ. Where a value is to be hit, the margin left after the distance to it is ranked: the bound on
    the utility where that is negative, and the less certain first among those that may hit.

    Parameters
    ----------
    multiple
        Standard deviations added to the mean.
    """

    def __init__(self, multiple: float = 2.0) -> None:
        self.multiple = multiple
        self.summary = f"the highest predicted value plus {multiple:g} standard deviations"

    def __call__(
        self, belief: Belief, X: np.ndarray, count: int, *, target: str, sign: float, rng: np.random.Generator
    ) -> list[Pick]:
        """See :class:`~loop.policy.rule.Rule`."""
        mean, deviation = moments(belief, X, target)
        left, score = Shrinking(belief, X, target, deviation), self.score(belief, mean, target, sign)
        return [left.pick(score) for _ in range(min(count, len(X)))]

    def score(self, belief: Belief, mean: np.ndarray, target: str, sign: float) -> Score:
        """Make the score of candidates with these means (n,)."""
        objective = sought(belief, target, sign)

        def bound(deviation: np.ndarray, rows: np.ndarray) -> np.ndarray:
            if objective.value is None:
                return objective.optimistic(mean[rows], self.multiple * deviation)
            # Inside the margin the distance is 0: what is left of the margin breaks the ties.
            return np.asarray(self.multiple * deviation - np.abs(mean[rows] - objective.value))

        return bound

    def surface(self, belief: Belief, X: np.ndarray, *, target: str, sign: float, rng: np.random.Generator) -> Surface:
        """See :class:`~loop.policy.refining.Smooth`."""

        def bound(P: np.ndarray) -> np.ndarray:
            mean, deviation = moments(belief, P, target)
            return self.score(belief, mean, target, sign)(deviation, np.arange(len(P)))

        return bound
