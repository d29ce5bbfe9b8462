"""What a rule is to look for: the belief's objective, or the sign it was called with."""

from __future__ import annotations

import numpy as np

from loop.errors import DataError
from loop.policy.belief import Belief, FittedBelief
from loop.policy.objective import Objective


def sought(belief: Belief, target: str, sign: float) -> Objective:
    """Return what is to be reached with a target: a belief's objective holds for calculated twins too."""
    objective = belief.objective if isinstance(belief, FittedBelief) else None
    if objective is None or (objective.value is None and objective.sign != np.sign(sign)):
        return Objective.by_sign(target, sign)
    return objective


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
