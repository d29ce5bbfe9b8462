"""``max_uncertainty``: ask for what is known least."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loop.policy.belief import Belief
from loop.policy.rule import Pick
from loop.policy.shrinking import Shrinking

if TYPE_CHECKING:
    from loop.policy.refining import Surface


class MaxUncertainty:
    """Rank by the deviation of the requested target, each pick counted as done for the next (method.md 5).

    The source's rule for calculations (Harashima et al., arXiv:2408.08539): they are to establish the model, not to
    chase its maximum.
    """

    summary = "the prediction is most uncertain there"

    def __call__(
        self, belief: Belief, X: np.ndarray, count: int, *, target: str, sign: float, rng: np.random.Generator
    ) -> list[Pick]:
        """See :class:`~loop.policy.rule.Rule`."""
        left = Shrinking(belief, X, target)
        return [left.pick(deviation_alone) for _ in range(min(count, len(X)))]

    def surface(self, belief: Belief, X: np.ndarray, *, target: str, sign: float, rng: np.random.Generator) -> Surface:
        """See :class:`~loop.policy.refining.Smooth`."""
        return lambda P: belief.deviation(P, target)


def deviation_alone(deviation: np.ndarray, rows: np.ndarray) -> np.ndarray:  # noqa: ARG001
    """Score by the deviation itself."""
    return deviation
