"""What a rule may know of the model: means, deviations, and what they would be after more data."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from loop.assimilation import DataAssimilation, Posterior


class Belief(Protocol):
    """Predictions of noise-free targets, and their change by data whose values are not known yet."""

    def mean(self, X: np.ndarray, target: str) -> np.ndarray:
        """Predictive mean at the points X (n, d), shape (n,), in the target's unit."""

    def deviation(self, X: np.ndarray, target: str) -> np.ndarray:
        """Predictive standard deviation at the points X (n, d), shape (n,), in the target's unit."""

    def conditioned(self, X: np.ndarray, target: str) -> Belief:
        """The belief as if the target had been observed at the points X (k, d).

        No value is needed: means stay, deviations shrink.
        """


class FittedBelief:
    """The belief of a fitted model, θ integrated.

    Parameters
    ----------
    model
        A fitted model, or its posterior.
    """

    def __init__(self, model: DataAssimilation | Posterior) -> None:
        self._posterior = model if isinstance(model, Posterior) else model.posterior

    def mean(self, X: np.ndarray, target: str) -> np.ndarray:
        """See :class:`Belief`."""
        return self._posterior.collapsed(target).evaluate(X)[0]

    def deviation(self, X: np.ndarray, target: str) -> np.ndarray:
        """See :class:`Belief`."""
        return self._posterior.collapsed(target).evaluate(X)[1]

    def conditioned(self, X: np.ndarray, target: str) -> FittedBelief:
        """See :class:`Belief`."""
        return FittedBelief(self._posterior.conditioned(X, target))
