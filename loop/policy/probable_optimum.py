"""``probable_optimum``: ask for what is most probably the best."""

from __future__ import annotations

import numpy as np

from loop.policy.belief import Belief, FittedBelief
from loop.policy.optimum import Optimum, optimum
from loop.policy.rule import Pick, ranked
from loop.policy.sought import fitted, sought


class ProbableOptimum:
    """Rank by the probability of being within a slack of the best of all candidates, over joint draws, θ included.

    The next experiment is the one most likely to end the search. A batch maximizes the probability that *one* of it
    is the best: draws that an earlier pick or an awaited experiment satisfies count no more. Ties, also where no draw
    is left, go to the higher prediction.

    Parameters
    ----------
    slack
        What still counts as the best: a share of the range of the target over the candidates.
    """

    def __init__(self, slack: float = 0.01) -> None:
        self.slack = slack
        self.summary = f"most probably the best, to {slack:.3g} of the range"

    def __call__(
        self, belief: Belief, X: np.ndarray, count: int, *, target: str, sign: float, rng: np.random.Generator
    ) -> list[Pick]:
        """See :class:`~loop.policy.rule.Rule`."""
        known, objective = fitted(belief, "probable_optimum"), sought(belief, target, sign)
        drawn = optimum(known, X, target, objective, rng)
        awaited = objective.utility(drawn.curves.values(_awaited(known, target, X.shape[1])))
        levels = np.maximum(drawn.levels(self.slack), awaited.max(axis=0, initial=-np.inf) - self._width(drawn))
        near = drawn.utility >= levels
        open_ = ~(awaited >= levels).any(axis=0)
        tie = _tie_breaker(objective.utility(known.mean(X[drawn.rows], target)))
        picks: list[Pick] = []
        taken: list[int] = []
        for _ in range(min(count, len(drawn.rows))):
            pick = ranked(near[:, open_].sum(axis=1) / len(open_) + tie, taken)
            taken.append(pick.index)
            open_ &= ~near[pick.index]
            runner_up = None if pick.runner_up is None else int(drawn.rows[pick.runner_up])
            picks.append(Pick(int(drawn.rows[pick.index]), pick.acquisition, runner_up, pick.runner_up_acquisition))
        return picks

    def _width(self, drawn: Optimum) -> np.ndarray:
        return self.slack * np.asarray(np.ptp(drawn.utility, axis=0))


def _awaited(belief: FittedBelief, target: str, dim: int) -> np.ndarray:
    return np.concatenate([np.empty((0, dim)), *(points for points, name in belief.awaited if name == target)])


def _tie_breaker(utility: np.ndarray) -> np.ndarray:
    """Increase from 0 to less than one draw's worth with the utility (c,)."""
    low, high = utility.min(initial=np.inf), utility.max(initial=-np.inf)
    return (utility - low) / (high - low) * 1e-4 if high > low else np.zeros(len(utility))
