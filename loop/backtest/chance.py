"""What asking at random needs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.backtest.worth import Point, worth_of
from loop.campaign import Campaign


@dataclass(frozen=True)
class Chance:
    """What asking at random needs.

    Parameters
    ----------
    candidates
        Points that can be measured, n.
    acceptable
        Those whose worth lies within the tolerance of the best, k.
    """

    candidates: int
    acceptable: frozenset[Point]

    @property
    def measurements(self) -> float:
        """Mean number of draws without replacement until the first acceptable one, (n + 1)/(k + 1)."""
        return (self.candidates + 1) / (len(self.acceptable) + 1)


def chance(campaign: Campaign, tolerance: float = 0.03) -> Chance:
    """What asking at random needs in a retrospective campaign.

    Parameters
    ----------
    campaign
        Its objective's instrument must be retrospective.
    tolerance
        Relative distance from the best that is accepted.

    Raises
    ------
    CampaignError
        Where the instrument of the objective has no data of its own.
    """
    worth = worth_of(campaign)
    return Chance(len(worth.regret), worth.within(tolerance))


def expected_best(values: np.ndarray) -> np.ndarray:
    """Expected maximum of the first k of n values drawn in random order, for k = 1 … n.

    Parameters
    ----------
    values
        Shape (n,).

    Returns
    -------
    np.ndarray
        Shape (n,): the i-th smallest is the largest of k with probability C(i−1, k−1)/C(n, k).
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    n = len(ordered)
    best = np.empty(n)
    probability = np.full(n, 1.0 / n)
    for k in range(1, n + 1):
        best[k - 1] = probability @ ordered
        # From k to k + 1: multiply by (i − k)(k + 1) / (k (n − k)), i counted from 1.
        if k < n:
            probability = probability * np.maximum(np.arange(1, n + 1) - k, 0) * (k + 1) / (k * (n - k))
    return best
