"""What one request costs: a constant, or a function of the point."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from loop.errors import CampaignError
from loop.space.arithmetic import Arithmetic
from loop.space.quantities import SpaceQuantities

Cost = float | Callable[[np.ndarray], np.ndarray]
"""Cost of one request: a constant, or a function from points (n, d) to costs (n,)."""


def costs_at(cost: Cost, X: np.ndarray, what: str) -> np.ndarray:
    """Costs (n,) of requests at the points X (n, d).

    Raises
    ------
    CampaignError
        Where one is no finite number, 0 or more; it names what it is the cost of, and the point.
    """
    try:
        found = np.asarray(cost(X) if callable(cost) else cost, dtype=float)
        found = np.broadcast_to(found, (len(X),))
    except (TypeError, ValueError) as error:
        raise CampaignError(
            f"the cost of {what}: expected a number, or a function that gives one for each of {len(X)} points ({error})"
        ) from error
    wrong = np.flatnonzero(~(np.isfinite(found) & (found >= 0.0)))
    if len(wrong):
        raise CampaignError(
            f"the cost of {what} is {found[wrong[0]]:g} at {X[wrong[0]].tolist()}, expected a finite number, 0 or more"
        )
    return found


def typical(cost: Cost, X: np.ndarray, what: str) -> float:
    """Median cost at the points X (n, d); of the first ones, where they are many. 0 where there are none."""
    return float(np.median(costs_at(cost, X[:: len(X) // 4096 + 1], what))) if len(X) else 0.0


@dataclass(frozen=True)
class ExpressionCost:
    """A cost as an expression of the variables, elements and prices of a space.

    Parameters
    ----------
    expression
        Such as ``1 + 0.5*alpha``.
    quantities
        What it may name.
    """

    expression: Arithmetic
    quantities: SpaceQuantities

    @classmethod
    def parse(cls, text: str, quantities: SpaceQuantities) -> ExpressionCost:
        """Read one.

        Raises
        ------
        CampaignError
            Where it cannot be read, or names something else.
        """
        expression = Arithmetic.parse(text)
        expression.require(quantities.names)
        return cls(expression, quantities)

    def __call__(self, X: np.ndarray) -> np.ndarray:
        """Costs (n,) at the points X (n, d)."""
        return np.asarray(np.zeros(len(X)) + self.expression.value(self.quantities(X)))
