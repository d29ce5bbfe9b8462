"""``uncorrected``: ask for what the calculation says is best."""

from __future__ import annotations

import numpy as np

from loop.errors import DataError
from loop.policy.belief import Belief, FittedBelief
from loop.policy.rule import Pick, ranked
from loop.policy.sought import fitted, sought, sought_target
from loop.records import Source


class Uncorrected:
    """Rank by the predicted mean of the calculation, as if it were the experiment.

    What is done where calculations are trusted as they are: a baseline, for backtests. The calculation is the last one
    that the sought target leans on; where that leans on none, the last one of the model. Only where no edge joins the
    two does nothing measured change what is calculated; see :mod:`loop.backtest.baselines`.
    """

    summary = "the highest calculated value, uncorrected"

    def __call__(
        self, belief: Belief, X: np.ndarray, count: int, *, target: str, sign: float, rng: np.random.Generator
    ) -> list[Pick]:
        """See :class:`~loop.policy.rule.Rule`."""
        known = fitted(belief, "uncorrected")
        acquisition = sought(belief, target, sign).utility(_worth(known, X))
        picks: list[Pick] = []
        while len(picks) < min(count, len(X)):
            picks.append(ranked(acquisition, [pick.index for pick in picks]))
        return picks


def _worth(belief: FittedBelief, X: np.ndarray) -> np.ndarray:
    """What the points X (n, d) are worth with the calculation in place of the experiment, (n,)."""
    calculated, target = belief.mean(X, _calculated(belief)), sought_target(belief)
    worth = belief.worth(target)
    if worth is None:
        return calculated
    plain = belief.plain()
    others = {name: plain.mean(X, name) for name in worth.targets if name != target}
    return worth.of(X, {**others, target: calculated})


def _calculated(belief: FittedBelief) -> str:
    structure = belief.posterior.structure
    pairs = zip(structure.targets, structure.sources, strict=True)
    calculated = [name for name, source in pairs if source == Source.CALCULATION]
    parents = [name for name in structure.parents.get(sought_target(belief), ()) if name in calculated]
    if not calculated:
        raise DataError("the rule 'uncorrected' needs a calculated target, and the model has none")
    return (parents or calculated)[-1]
