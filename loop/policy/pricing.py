"""What requests cost: constants, or functions of the point."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from loop.errors import CampaignError
from loop.records import Source

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
        raise CampaignError(f"the cost of {what}: expected a number, or one for each of {len(X)} points") from error
    wrong = np.flatnonzero(~(np.isfinite(found) & (found >= 0.0)))
    if len(wrong):
        raise CampaignError(
            f"the cost of {what} is {found[wrong[0]]:g} at {X[wrong[0]].tolist()}, expected a finite number, 0 or more"
        )
    return found


def prices_of(costs: Mapping[str, Cost] | None) -> dict[str, Cost]:
    """Costs by kind of request, 0 where none is given.

    Raises
    ------
    CampaignError
        Where something else than an experiment or a calculation has one.
    """
    known = [str(source) for source in Source]
    unknown = [str(name) for name in costs or {} if str(name) not in known]
    if unknown:
        raise CampaignError(f"costs of {unknown[0]!r}: expected costs of {' and '.join(map(repr, sorted(known)))}")
    return {**dict.fromkeys(known, 0.0), **{str(name): cost for name, cost in (costs or {}).items()}}


def typical(cost: Cost, X: np.ndarray, what: str) -> float:
    """Median cost at the points X (n, d); of the first ones, where they are many. 0 where there are none."""
    return float(np.median(costs_at(cost, X[:: len(X) // 4096 + 1], what))) if len(X) else 0.0
