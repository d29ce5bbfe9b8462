"""Where the optimum may lie: the best places of joint draws."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.policy.belief import FittedBelief
from loop.policy.curves import Curves
from loop.policy.objective import Objective

DRAWS = 256
"""Joint draws; a probability of ½ is known to 0.03."""
SHORTLIST = 8192
"""Beyond twice as many places: these that may be best by two deviations, and as many spread over all rows."""


@dataclass(frozen=True)
class Optimum:
    """Utilities of joint draws at places where the optimum may lie.

    Parameters
    ----------
    rows
        Which of the places were looked at, (c,), increasing.
    utility
        (c, s), one column per draw.
    curves
        The draws.
    """

    rows: np.ndarray
    utility: np.ndarray
    curves: Curves

    def share(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows that are the best of any draw, and the probability of each."""
        best, counts = np.unique(self.rows[self.utility.argmax(axis=0)], return_counts=True)
        return best, counts / self.utility.shape[1]

    def levels(self, slack: float) -> np.ndarray:
        """What counts as best in each draw (s,): its maximum less a share of its range."""
        highest = self.utility.max(axis=0)
        return np.asarray(highest - slack * (highest - self.utility.min(axis=0)))


@dataclass(frozen=True)
class _Remembered:
    X: np.ndarray
    target: str
    objective: Objective
    drawn: Optimum

    def holds(self, X: np.ndarray, target: str, objective: Objective) -> bool:
        same = X is self.X or np.array_equal(X, self.X)
        return same and (target, objective) == (self.target, self.objective)


def optimum(
    belief: FittedBelief, X: np.ndarray, target: str, objective: Objective, rng: np.random.Generator
) -> Optimum:
    """Draw the optimum of a target among the places X (n, d).

    Beliefs that descend from one another share the draws: what is awaited has no value yet and moves no optimum.
    """
    known = belief.memory.get("optimum")
    if isinstance(known, _Remembered) and known.holds(X, target, objective):
        return known.drawn
    curves = belief.draw(DRAWS, target, rng)
    rows = shortlist(belief, X, target, objective)
    drawn = Optimum(rows, objective.utility(curves.values(X[rows])), curves)
    belief.memory["optimum"] = _Remembered(X, target, objective, drawn)
    return drawn


def shortlist(belief: FittedBelief, X: np.ndarray, target: str, objective: Objective) -> np.ndarray:
    """Rows of X (n, d) where the optimum may lie, increasing; all of them unless they are many."""
    if len(X) <= 2 * SHORTLIST:
        return np.arange(len(X))
    mean, deviation = belief.moments(X, target)
    promising = np.argpartition(-objective.optimistic(mean, 2.0 * deviation), SHORTLIST)[:SHORTLIST]
    spread = np.linspace(0, len(X) - 1, SHORTLIST).astype(np.intp)
    return np.union1d(promising, spread)
