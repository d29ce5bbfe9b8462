"""``thompson``: ask for the best of a world drawn from what is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loop.policy.belief import Belief
from loop.policy.rule import Pick, ranked
from loop.policy.sought import fitted, sought

if TYPE_CHECKING:
    from loop.policy.refining import Surface


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

    def surface(self, belief: Belief, X: np.ndarray, *, target: str, sign: float, rng: np.random.Generator) -> Surface:
        """See :class:`~loop.policy.refining.Smooth`."""
        curves, objective = fitted(belief, "thompson").draw(1, target, rng), sought(belief, target, sign)
        return lambda P: np.asarray(objective.utility(curves.values(P))[:, 0])
