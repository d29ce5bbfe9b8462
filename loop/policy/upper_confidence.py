"""``ucb``: ask for what may be best."""

from __future__ import annotations

import numpy as np

from loop.policy.belief import Belief
from loop.policy.rule import Pick, ranked


class UpperConfidenceBound:
    """Rank by predicted mean plus a multiple of its deviation.

    Srinivas et al., IEEE Trans. Inf. Theory 58, 3250 (2012). In a batch every pick counts as done for the
    deviation of the next (GP-BUCB: Desautels et al., J. Mach. Learn. Res. 15, 3873 (2014)).

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
        mean = sign * belief.mean(X, target)
        picks: list[Pick] = []
        while len(picks) < min(count, len(X)):
            if picks:
                belief = belief.conditioned(X[[picks[-1].index]], target)
            picks.append(ranked(mean + self.multiple * belief.deviation(X, target), [pick.index for pick in picks]))
        return picks
