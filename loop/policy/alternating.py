"""``alternating``: by turns what is known least and what may be best."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loop.policy.belief import Belief, moments
from loop.policy.max_uncertainty import MaxUncertainty, deviation_alone
from loop.policy.rule import Pick
from loop.policy.shrinking import Shrinking
from loop.policy.upper_confidence import UpperConfidenceBound

if TYPE_CHECKING:
    from loop.policy.refining import Surface


class Alternating:
    """Pick by ``max_uncertainty`` and by ``ucb`` in turn, each pick counted as done for the next (method.md 6).

    Which of the two begins is drawn, so that batches of one alternate on average.

    Parameters
    ----------
    multiple
        Standard deviations of ``ucb``.
    """

    def __init__(self, multiple: float = 2.0) -> None:
        self._ucb = UpperConfidenceBound(multiple)
        self.summary = f"by turns the most uncertain prediction and {self._ucb.summary}"

    def __call__(
        self, belief: Belief, X: np.ndarray, count: int, *, target: str, sign: float, rng: np.random.Generator
    ) -> list[Pick]:
        """See :class:`~loop.policy.rule.Rule`."""
        mean, deviation = moments(belief, X, target)
        left = Shrinking(belief, X, target, deviation)
        scores = (deviation_alone, self._ucb.score(belief, mean, target, sign))
        first = int(rng.integers(2))
        return [left.pick(scores[(first + turn) % 2]) for turn in range(min(count, len(X)))]

    def surface(self, belief: Belief, X: np.ndarray, *, target: str, sign: float, rng: np.random.Generator) -> Surface:
        """See :class:`~loop.policy.refining.Smooth`."""
        rules = (MaxUncertainty(), self._ucb)
        return rules[int(rng.integers(2))].surface(belief, X, target=target, sign=sign, rng=rng)
