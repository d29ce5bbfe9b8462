"""``expected_improvement``: ask for what is expected to beat the best so far by most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from loop.policy.belief import Belief, FittedBelief, moments
from loop.policy.improvement import bound, log_closeness, log_improvement
from loop.policy.objective import Objective
from loop.policy.rule import Pick, ranked
from loop.policy.sought import sought

if TYPE_CHECKING:
    from loop.policy.refining import Surface

SHORTLIST = 1024
"""Candidates at which the mixture is evaluated: those that may improve most by their mean and deviation."""


class ExpectedImprovement:
    """Rank by the logarithm of E(u(y) − u*)⁺ over the mixture.

    Jones, Schonlau & Welch, J. Glob. Optim. 13, 455 (1998). The incumbent u* is the best utility of a posterior mean
    among the candidates, not a noisy value. Given θ the expectation is closed; over θ it is the weighted sum. In a
    batch every pick counts as done for the deviations of the next. Beyond :data:`SHORTLIST` candidates only those with
    the greatest upper bound are evaluated.
    """

    summary = "the greatest expected improvement on the best prediction"
    weighs_cost = True

    def __call__(
        self, belief: Belief, X: np.ndarray, count: int, *, target: str, sign: float, rng: np.random.Generator
    ) -> list[Pick]:
        """See :class:`~loop.policy.rule.Rule`."""
        objective = sought(belief, target, sign)
        mean, deviation = moments(belief, X, target)
        utility = objective.utility(mean)
        best = float(utility.max(initial=-np.inf))
        size = SHORTLIST + min(count, len(X))
        price = belief.weights(X) if isinstance(belief, FittedBelief) else None
        most = bound(utility - best, deviation) if price is None else bound(utility - best, deviation) / price
        rows = np.sort(np.argsort(-most, kind="stable")[:size])
        picks: list[Pick] = []
        while len(picks) < min(count, len(X)):
            if picks:
                belief = belief.conditioned(X[[picks[-1].index]], target)
            scores = np.full(len(X), -np.inf)
            scores[rows] = _acquisition(belief, X[rows], target, objective, best)
            if price is not None:
                scores[rows] -= np.log(price[rows])
            picks.append(ranked(scores, [pick.index for pick in picks]))
        return picks

    def surface(self, belief: Belief, X: np.ndarray, *, target: str, sign: float, rng: np.random.Generator) -> Surface:
        """See :class:`~loop.policy.refining.Smooth`."""
        objective = sought(belief, target, sign)
        best = float(objective.utility(belief.mean(X, target)).max(initial=-np.inf))
        price = belief.price(X) if isinstance(belief, FittedBelief) else None
        if price is None:
            return lambda P: _acquisition(belief, P, target, objective, best)
        return lambda P: _acquisition(belief, P, target, objective, best) - np.log(price(P))


def _acquisition(belief: Belief, X: np.ndarray, target: str, objective: Objective, best: float) -> np.ndarray:
    weights, mean, deviation = _components(belief, X, target)
    if objective.value is not None:
        return log_closeness(weights, mean - objective.value, deviation, -best)
    return log_improvement(weights, objective.sign * mean, deviation, best)


def _components(belief: Belief, X: np.ndarray, target: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    if isinstance(belief, FittedBelief):
        return belief.components(X, target)
    mean, deviation = moments(belief, X, target)
    return np.ones(1), mean[None], deviation[None]
