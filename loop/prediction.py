"""The objective as the model predicts it at every point that can be measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.assimilation import DataAssimilation
from loop.campaign import Campaign
from loop.objective import objective_of
from loop.permitted import permitted
from loop.policy import FittedBelief, Objective, feasible
from loop.state import State

POSTERIOR = "posterior/"
"""Where a record keeps the curve; viewers draw it, since ``x``, ``y`` and ``y_errors`` make an NXdata."""


@dataclass(frozen=True)
class Prediction:
    """What the candidates of the objective are worth, noise-free.

    Parameters
    ----------
    X
        Candidates, shape (n, d).
    mean, deviation
        Shape (n,), in the objective's unit.
    allowed
        Rows that satisfy the objective's constraints by what is believed, increasing.
    """

    X: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray
    allowed: np.ndarray

    def best(self, objective: Objective) -> int | None:
        """Row of the best mean where constraints allow it; None where they allow nothing."""
        return int(self.allowed[objective.best(self.mean[self.allowed])]) if len(self.allowed) else None

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Give a curve: over the variable where there is one, else over the number of the candidate."""
        is_curve = self.X.shape[1] == 1
        order = np.argsort(self.X[:, 0], kind="stable") if is_curve else np.arange(len(self.X))
        x = self.X[order, 0] if is_curve else order.astype(float)
        return {"x": x, "y": self.mean[order], "y_errors": self.deviation[order]}


def predicted_objective(campaign: Campaign, state: State, model: DataAssimilation) -> Prediction | None:
    """Predict the objective at all candidates of its instruments that may be asked for; None where there are none.

    Parameters
    ----------
    campaign, state
        What is sought, and the candidates.
    model
        Fitted to what is known.
    """
    objective, state = objective_of(campaign), permitted(campaign, state)
    slots = [slot.table.name for slot in campaign.slots if slot.table.target == objective.target]
    points = [state.candidates[name] for name in slots if len(state.candidates.get(name, ()))]
    if not points:
        return None
    X, plain = np.vstack(points), FittedBelief(model)
    if objective.worth is None:
        mean, deviation = model.predict(X, target=objective.target, return_std=True)
    else:
        mean, deviation = FittedBelief(model, objective).moments(X, objective.target)
    return Prediction(X, mean, deviation, feasible(plain, X, objective.constraints))
