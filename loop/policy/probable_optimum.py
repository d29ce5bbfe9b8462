"""``probable_optimum``: ask for what is most probably the best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from loop.policy.belief import Belief, FittedBelief
from loop.policy.greedy import Greedy
from loop.policy.objective import Objective
from loop.policy.optimum import Optimum, optimum, shortlist
from loop.policy.rule import Pick, ranked
from loop.policy.sought import fitted, sought

if TYPE_CHECKING:
    from loop.policy.refining import Surface


class ProbableOptimum:
    """Rank by the probability of being the first experiment within a slack of the best, over joint draws.

    The next experiment is the one most likely to end the search. A batch, with all experiments done and awaited, is to
    maximize the probability that *one* of them is the best (greedy cover): draws that an earlier one satisfies count
    no more, θ is part of the draw. Ties, also where no draw is left, go to the higher prediction; candidates that were
    measured already (see :func:`~loop.policy.measured.measured`) come last.

    Parameters
    ----------
    slack
        What still counts as the best: a share of the range of the target over the candidates.
    """

    weighs_cost = True

    def __init__(self, slack: float = 0.01) -> None:
        self.slack = slack
        self.summary = f"most probably the first to be the best, to {slack:.3g} of the range"

    def __call__(
        self, belief: Belief, X: np.ndarray, count: int, *, target: str, sign: float, rng: np.random.Generator
    ) -> list[Pick]:
        """See :class:`~loop.policy.rule.Rule`."""
        if min(count, len(X)) <= 0:
            return []
        known, objective = fitted(belief, "probable_optimum"), sought(belief, target, sign)
        search = still_open(known, X, target, objective, self.slack, rng)
        tie = _tie_breaker(objective.utility(known.mean(X[search.rows], target))) - search.measured
        price = known.weights(X[search.rows])
        picks = _cover(search.near, search.left, tie, min(count, len(search.rows)), price)
        return [_named(pick, search.rows) for pick in picks]

    def surface(self, belief: Belief, X: np.ndarray, *, target: str, sign: float, rng: np.random.Generator) -> Surface:
        """See :class:`~loop.policy.refining.Smooth`: the prediction, whose optimum is a probable one."""
        return Greedy().surface(belief, X, target=target, sign=sign, rng=rng)


@dataclass(frozen=True)
class Open:
    """Which candidates are the best in which joint draws, and what experiments have settled.

    Parameters
    ----------
    rows
        Candidates that come into question, (c,), increasing.
    near
        Whether each is the best, to the slack, in each draw, (c, s).
    measured
        Which of them were measured already, (c,).
    left
        Draws (s,) of which no experiment done or awaited is the best.
    """

    rows: np.ndarray
    near: np.ndarray
    measured: np.ndarray
    left: np.ndarray


def still_open(
    belief: FittedBelief, X: np.ndarray, target: str, objective: Objective, slack: float, rng: np.random.Generator
) -> Open:
    """Judge the candidates X (n, d) and the experiments done or awaited by joint draws of the target."""
    drawn = optimum(belief, X if belief.domain is None else belief.domain, target, objective, rng)
    rows, utility = _here(belief, X, target, objective, drawn)
    asked = belief.asked or target
    levels, measured = drawn.levels(slack), belief.measured(X[rows], asked)
    near = utility >= levels
    elsewhere = objective.utility(drawn.curves.values(_elsewhere(belief, asked, X.shape[1])))
    left = ~(near[measured].any(axis=0) | (elsewhere >= levels).any(axis=0))
    return Open(rows, near, measured, left)


def _cover(
    near: np.ndarray, left: np.ndarray, tie: np.ndarray, count: int, price: np.ndarray | None
) -> list[Pick]:  # fmt: skip
    """Pick rows of near (c, s) one after the other that satisfy most of the draws left (s,), per price (c,)."""
    picks: list[Pick] = []
    for _ in range(count):
        share = near[:, left].sum(axis=1) / len(left)
        if price is not None:
            share = share / price
        picks.append(ranked(share + tie, [pick.index for pick in picks]))
        left = left & ~near[picks[-1].index]
    return picks


def _here(
    belief: FittedBelief, X: np.ndarray, target: str, objective: Objective, drawn: Optimum
) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the candidates X that come into question, and the utilities of the draws there."""
    if belief.domain is None or np.array_equal(X, belief.domain):
        return drawn.rows, drawn.utility
    rows = shortlist(belief, X, target, objective)
    return rows, objective.utility(drawn.curves.values(X[rows]))


def _elsewhere(belief: FittedBelief, target: str, dim: int) -> np.ndarray:
    """Points (a, dim) of experiments that are done or awaited and are no candidates."""
    done = np.empty((0, dim)) if belief.done is None else belief.done
    return np.concatenate([done, *(points for points, name in belief.awaited if name == target)])


def _named(pick: Pick, rows: np.ndarray) -> Pick:
    runner_up = None if pick.runner_up is None else int(rows[pick.runner_up])
    return Pick(int(rows[pick.index]), pick.acquisition, runner_up, pick.runner_up_acquisition)


def _tie_breaker(utility: np.ndarray) -> np.ndarray:
    """Increase from 0 to less than one draw's worth with the utility (c,)."""
    low, high = float(np.min(utility)), float(np.max(utility))
    return np.asarray((utility - low) / (high - low) * 1e-4) if high > low else np.zeros(len(utility))
