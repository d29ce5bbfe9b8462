"""Proposals that a budget pays for, no point twice."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from loop.policy.belief import FittedBelief
from loop.policy.proposal import Proposal
from loop.policy.proposing import propose
from loop.records import Source
from loop.space.cost import Cost, costs_at

_ROUNDING = 1e-9


def purchase(
    belief: FittedBelief,
    X: np.ndarray,
    count: int,
    *,
    target: str,
    source: Source,
    cost: Cost,
    rows: np.ndarray | None = None,
    budget: float = math.inf,
    per_cost: bool = False,
    one_by_one: bool = False,
    **options: Any,
) -> list[Proposal]:
    """Propose at most so many different points as the budget pays for.

    What a rule picks is bought in its order; what is too dear for the money left, or the same point again, is passed
    over, and the rule is asked once more for what is then missing, with what was bought counted as done.

    Parameters
    ----------
    belief
        What is believed, running requests counted as done.
    X
        Candidates, (n, d).
    count
        How many are wanted.
    target, source, rows
        See :func:`~loop.policy.proposing.propose`.
    cost
        Of one request, 0 or more.
    budget
        What may be spent, in the unit of the costs.
    per_cost
        Rank by what a request brings per unit of its cost.
    one_by_one
        Ask the rule for one at a time: where it ranks by another target than the one that is asked for.
    **options
        Of :func:`~loop.policy.proposing.propose`: rule, sign, rng, label, ranking.
    """
    rows, found = np.arange(len(X)) if rows is None else rows, list[Proposal]()
    while len(found) < count:
        rows = _payable(cost, X, rows, budget, source)
        if len(rows) == 0:
            break
        wanted = 1 if one_by_one else count - len(found)
        known = belief.priced(cost) if per_cost else belief
        picked = propose(
            known, X, wanted, target=target, source=source, cost=cost, rows=_all_or(rows, X), **options
        )  # fmt: skip
        bought = _bought(picked, found, budget)
        found, budget = found + bought, budget - sum(each.cost for each in bought)
        if len(picked) < wanted or len(found) == count:
            break
        rows = rows[~np.isin(rows, [each.index for each in picked])]
        if bought:
            belief = belief.conditioned(np.array([each.x for each in bought]), target)
    return found


def _payable(cost: Cost, X: np.ndarray, rows: np.ndarray, budget: float, source: Source) -> np.ndarray:
    if math.isinf(budget):
        return rows
    return rows[costs_at(cost, X[rows], f"one {source}") <= budget + _ROUNDING]


def _all_or(rows: np.ndarray, X: np.ndarray) -> np.ndarray | None:
    return None if len(rows) == len(X) else rows


def _bought(picked: list[Proposal], found: list[Proposal], budget: float) -> list[Proposal]:
    """Those of what was picked that are new and can be paid, in its order."""
    bought: list[Proposal] = []
    points = {each.x for each in found}
    for each in picked:
        if each.x not in points and each.cost <= budget + _ROUNDING:
            bought.append(each)
            points.add(each.x)
            budget -= each.cost
    return bought
