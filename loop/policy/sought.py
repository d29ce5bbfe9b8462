"""What a rule is to look for: the belief's objective, or the sign it was called with."""

from __future__ import annotations

import numpy as np

from loop.errors import DataError
from loop.policy.belief import Belief, FittedBelief
from loop.policy.objective import Objective
from loop.policy.worth import Worth


def sought(belief: Belief, target: str, sign: float) -> Objective:
    """Return what is to be reached with a target: a belief's objective holds for calculated twins too.

    Where a function of targets is sought, only the direction of a twin is known: that in which it moves the worth.
    """
    objective = belief.objective if isinstance(belief, FittedBelief) else None
    if objective is None or (objective.value is None and objective.sign != np.sign(sign)):
        return Objective.by_sign(target, sign)
    if objective.worth is None or target == objective.target or not isinstance(belief, FittedBelief):
        return objective
    return Objective.by_sign(target, sign * _direction(belief, objective.worth, target))


def _direction(belief: FittedBelief, worth: Worth, target: str) -> float:
    """+1 where the worth grows with a target, or with what leans on it, on the whole; else −1."""
    if belief.domain is None or len(belief.domain) == 0:
        return 1.0
    parents = belief.posterior.structure.parents
    factors = dict(zip(worth.targets, worth.at(belief.domain).mean(axis=1)[:-1], strict=True))
    return -1.0 if sum(f for name, f in factors.items() if target in (name, *parents.get(name, ()))) < 0 else 1.0


def sought_target(belief: FittedBelief) -> str:
    """Name of the target whose optimum is sought: the objective's, or the last experimental one."""
    if belief.objective is not None:
        return belief.objective.target
    structure = belief.posterior.structure
    pairs = zip(structure.targets, structure.sources, strict=True)
    return ([name for name, source in pairs if source == "experiment"] or [structure.targets[-1]])[-1]


def fitted(belief: Belief, rule: str) -> FittedBelief:
    """Narrow a belief to a fitted one.

    Raises
    ------
    DataError
        Where a rule needs joint draws or covariances and the belief knows only means and deviations.
    """
    if not isinstance(belief, FittedBelief):
        raise DataError(f"the rule {rule!r} needs a FittedBelief: {type(belief).__name__} cannot be drawn from")
    return belief
