"""``random``: ask anything. The start of every campaign, and the rule the others are measured against."""

from __future__ import annotations

import numpy as np

from loop.policy.belief import Belief
from loop.policy.rule import Pick


class RandomChoice:
    """Draw without replacement, every candidate alike."""

    summary = "drawn at random"

    def __call__(
        self,
        belief: Belief | None,
        X: np.ndarray,
        count: int,
        *,
        target: str,
        sign: float,
        rng: np.random.Generator,
    ) -> list[Pick]:
        """See :class:`~loop.policy.rule.Rule`; needs no belief."""
        rows = rng.permutation(len(X))[:count]
        return [Pick(int(row), float("nan"), None, float("nan")) for row in rows]
