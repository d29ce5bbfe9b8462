"""One rule applied to one set of candidates."""

from __future__ import annotations

import numpy as np

from loop.policy.belief import Belief, FittedBelief
from loop.policy.proposal import Proposal
from loop.policy.reasons import Label, reasons
from loop.policy.rule import Rule, require_weighing, rule_named
from loop.records import Source
from loop.space.cost import Cost, costs_at


def propose(
    belief: Belief,
    X: np.ndarray,
    count: int,
    *,
    rule: str | Rule,
    source: Source,
    target: str,
    sign: float,
    cost: Cost,
    rng: np.random.Generator,
    label: Label = str,
    rows: np.ndarray | None = None,
    ranking: str | None = None,
) -> list[Proposal]:
    """Apply one rule to one set of candidates.

    Parameters
    ----------
    belief
        What is believed, running requests counted as done.
    X
        Candidates, shape (n, d).
    count
        How many are wanted; fewer come back where there are fewer candidates.
    rule
        A rule, or the name of one.
    source, target
        Copied to the proposals.
    cost
        Cost of one, copied to the proposals.
    sign
        +1 to maximize, −1 to minimize.
    rng
        Source of all randomness.
    label
        Names a point for a person.
    rows
        Rows of X that may be chosen, increasing; all if None.
    ranking
        The target that the rule ranks by, where that is not the one a value is wanted of.

    Raises
    ------
    PluginError
        Where a rule is not installed.
    DataError
        Where a rule needs more than the belief knows.
    """
    name = rule if isinstance(rule, str) else type(rule).__name__
    call, per_cost = rule_named(rule) if isinstance(rule, str) else rule, ""
    if isinstance(belief, FittedBelief) and belief.cost is not None:
        require_weighing(call, name)
        per_cost = ", per unit of cost"
    everything = rows is None or len(rows) == len(X)
    part = X if rows is None or everything else X[rows]
    if count <= 0 or len(part) == 0:
        return []
    picks = call(belief, part, count, target=ranking or target, sign=sign, rng=rng)
    told = reasons(
        belief, part, picks, rule=name, summary=call.summary + per_cost, target=target, sign=sign, label=label
    )
    chosen = np.array([pick.index for pick in picks], dtype=np.intp)
    points = part[chosen]
    costs = costs_at(cost, points, f"one {source}")
    index = chosen if rows is None or everything else rows[chosen]
    return [
        Proposal(x=tuple(x), source=source, target=target, cost=float(each), index=int(row), reason=reason)
        for x, each, row, reason in zip(points.tolist(), costs, index, told, strict=True)
    ]
