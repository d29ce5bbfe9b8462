"""What a rule may know of the model: means, deviations, and what they would be after more data."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from loop.assimilation import DataAssimilation


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
        A fitted :class:`~loop.assimilation.DataAssimilation`.
    """

    def __init__(self, model: DataAssimilation) -> None:
        self._posterior = model.posterior

    def mean(self, X: np.ndarray, target: str) -> np.ndarray:
        """See :class:`Belief`."""
        return np.asarray(self._posterior.moments(X, target)[0])

    def deviation(self, X: np.ndarray, target: str) -> np.ndarray:
        """See :class:`Belief`."""
        return np.sqrt(self._posterior.moments(X, target)[1])

    def conditioned(self, X: np.ndarray, target: str) -> FittedBelief:
        """See :class:`Belief`."""
        other = object.__new__(FittedBelief)
        other._posterior = self._posterior.conditioned(X, target)
        return other
