"""What stopping rules ask: whether the best is found, and what a further experiment is expected to gain."""

from __future__ import annotations

import math

import numpy as np

from loop.policy.belief import FittedBelief
from loop.policy.expected_improvement import ExpectedImprovement
from loop.policy.objective import Objective
from loop.policy.probable_optimum import still_open


def probability_found(
    belief: FittedBelief, X: np.ndarray, objective: Objective, rng: np.random.Generator, *, slack: float = 0.01
) -> float:
    """Probability that an experiment that was done (or is awaited) is the best, to a slack.

    Parameters
    ----------
    belief
        With its ``done`` experiments, unless the candidates contain them.
    X
        Candidates, (n, d).
    objective
        What is sought.
    rng
        Of the draws.
    slack
        What still counts as the best: a share of the range of the target over the candidates.
    """
    if len(X) == 0:
        return 1.0
    return float(1.0 - still_open(belief, X, objective.target, objective, slack, rng).left.mean())


def expected_gain(belief: FittedBelief, X: np.ndarray, objective: Objective, rng: np.random.Generator) -> float:
    """Greatest expected improvement of one experiment at X (n, d) on the best prediction, in the objective's unit.

    Per unit of cost where the belief is :meth:`~loop.policy.belief.FittedBelief.priced`.
    """
    picks = ExpectedImprovement()(belief, X, 1, target=objective.target, sign=objective.sign, rng=rng)
    return math.exp(picks[0].acquisition) if picks else 0.0
