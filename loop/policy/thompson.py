"""``thompson``: ask for the best of a world drawn from what is believed."""

from __future__ import annotations

import numpy as np

from loop.policy.belief import Belief
from loop.policy.rule import Pick, ranked
from loop.policy.sought import fitted, sought


class Thompson:
    """Draw one curve jointly over all candidates, θ included, and pick its best (Thompson, Biometrika 25, 285 (1933)).

    A batch takes a new curve for every pick and never the same candidate twice (Kandasamy et al., AISTATS 2018), so a
    candidate is asked with the probability that it is the best.
    """

    summary = "the best of one model drawn from what is believed"

    def __call__(
        self, belief: Belief, X: np.ndarray, count: int, *, target: str, sign: float, rng: np.random.Generator
    ) -> list[Pick]:
        """See :class:`~loop.policy.rule.Rule`."""
        count = min(count, len(X))
        curves = fitted(belief, "thompson").draw(count, target, rng)
        utility = sought(belief, target, sign).utility(curves.values(X))
        picks: list[Pick] = []
        for drawn in utility.T:
            picks.append(ranked(drawn, [pick.index for pick in picks]))
        return picks
