"""What an outcome must satisfy besides being good."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from loop.errors import CampaignError
from loop.policy.belief import Belief


@dataclass(frozen=True)
class Constraint:
    """Bounds on a target that must hold with stated probability, such as Tc ≥ 550 K (Gelbart, Snoek & Adams, UAI 2014).

    Parameters
    ----------
    target
        Name of the target.
    low, high
        Inclusive bounds in the target's unit; None leaves a side open.
    confidence
        Least probability with which an experiment must satisfy them, by what is believed when it is proposed.

    Raises
    ------
    CampaignError
        Where there is no bound, bounds are crossed, or the confidence is no probability.
    """

    target: str
    low: float | None = None
    high: float | None = None
    confidence: float = 0.5

    def __post_init__(self) -> None:
        """Refuse what no outcome could satisfy."""
        low, high = self._bounds
        if not low < high or (self.low is None and self.high is None):
            raise CampaignError(f"constraint on {self.target!r}: bounds {self.low} … {self.high}, expected low < high")
        if not 0.0 < self.confidence < 1.0:
            raise CampaignError(f"constraint on {self.target!r}: confidence {self.confidence}, expected 0 < p < 1")

    def probability(self, belief: Belief, X: np.ndarray) -> np.ndarray:
        """Probability (n,) that the noise-free target is within bounds at the points X (n, d)."""
        mean, deviation = belief.mean(X, self.target), belief.deviation(X, self.target)
        low, high = self._bounds
        safe = np.maximum(deviation, 1e-300)
        upper, lower = (high - mean) / safe, (low - mean) / safe
        # On the side where both tails are small, so that nothing cancels.
        return np.asarray(np.where(lower > 0, ndtr(-lower) - ndtr(-upper), ndtr(upper) - ndtr(lower)))

    def holds(self, value: float) -> bool:
        """Whether a value is within bounds."""
        low, high = self._bounds
        return low <= value <= high

    @property
    def _bounds(self) -> tuple[float, float]:
        return (-np.inf if self.low is None else self.low, np.inf if self.high is None else self.high)


def feasible(belief: Belief, X: np.ndarray, constraints: tuple[Constraint, ...]) -> np.ndarray:
    """Rows of X (n, d) that satisfy every constraint with its confidence; possibly none."""
    allowed = np.ones(len(X), dtype=bool)
    for constraint in constraints:
        rows = np.flatnonzero(allowed)
        allowed[rows] = constraint.probability(belief, X[rows]) >= constraint.confidence
    return np.flatnonzero(allowed)
