"""A purchase in which the best candidates of a space may be moved first."""

from __future__ import annotations

from typing import Any

import numpy as np

from loop.policy.belief import FittedBelief
from loop.policy.constraint import Constraint, feasible
from loop.policy.proposal import Proposal
from loop.policy.purchase import purchase
from loop.policy.refining import apart, refined
from loop.policy.rule import Rule
from loop.space import Space
from loop.space.cost import Cost


def polished_purchase(
    belief: FittedBelief,
    X: np.ndarray,
    count: int,
    *,
    rows: np.ndarray,
    space: Space | None,
    rule: str | Rule,
    target: str,
    sign: float,
    cost: Cost,
    rng: np.random.Generator,
    per_cost: bool,
    constraints: tuple[Constraint, ...] = (),
    **options: Any,
) -> list[Proposal]:
    """Buy among candidates, and among the best of them polished.

    Polished points come after the candidates, and only where no value is awaited next to them.

    Parameters
    ----------
    belief, X, count, rows, rule, target, sign, cost, rng, per_cost
        See :func:`~loop.policy.purchase.purchase`.
    space
        Where points may be polished; None takes candidates as they are.
    constraints
        On outcomes, which polished points must satisfy as well.
    **options
        Of :func:`~loop.policy.purchase.purchase`: source, budget.
    """
    if space is not None and count and len(rows):
        known = belief.priced(cost) if per_cost else belief
        points = refined(
            space, known, X[rows], count, rule=rule, target=target, ranking=target, sign=sign, rng=rng
        )  # fmt: skip
        awaited = [x for x, name in belief.awaited if name == target]
        points = apart(space, points, np.vstack([np.empty((0, X.shape[1])), *awaited]))
        points = points[feasible(belief.plain(), points, constraints)]
        X, rows = np.vstack([X, points]), np.concatenate([rows, len(X) + np.arange(len(points))])
    return purchase(
        belief, X, count, rows=rows, rule=rule, target=target, sign=sign, cost=cost, rng=rng, per_cost=per_cost,
        **options,
    )  # fmt: skip
