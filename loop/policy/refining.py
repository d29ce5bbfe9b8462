"""The best candidates of a rule, moved to the nearest optimum of what it ranks by."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Protocol, runtime_checkable

import numpy as np

from loop.policy.belief import Belief
from loop.policy.rule import Rule, rule_named
from loop.space import Space, polish

Surface = Callable[[np.ndarray], np.ndarray]
"""From points (m, d) to what is to be large, (m,)."""


NEAR = 1e-3
"""Share of a variable's range below which two points are one experiment."""


@runtime_checkable
class Smooth(Protocol):
    """A rule that ranks by a smooth function of the point, or knows one whose optimum is worth a look."""

    def surface(self, belief: Belief, X: np.ndarray, *, target: str, sign: float, rng: np.random.Generator) -> Surface:
        """Give that function for the next pick among X; arguments as for :class:`~loop.policy.rule.Rule`."""


def refined(
    space: Space,
    belief: Belief,
    X: np.ndarray,
    count: int,
    *,
    rule: str | Rule,
    target: str,
    ranking: str,
    sign: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Polish what a rule would pick, and what comes next to it.

    The rule decides among them and all other candidates afterwards, so that its choice is never worse by its own
    measure, and explains itself with the numbers of the point it asks for. Picks are made one after the other, each
    counted as done for the next; ``rng`` is left as it was, so that a rule that draws will draw the same again.

    Parameters
    ----------
    space
        Where points may be asked for; what has steps, categories and zeros by cardinality stay as they are.
    belief
        What is believed.
    X
        Candidates, (n, d).
    count
        How many will be picked.
    rule
        A rule or its name; one that is not :class:`Smooth` gets nothing.
    target, ranking
        The target a value is wanted of, and that by which the rule ranks.
    sign
        +1 to maximize, −1 to minimize.
    rng
        That of the choice.

    Returns
    -------
    np.ndarray
        Different points (k, d) that are no candidates, k ≤ 2 count; each is allowed.
    """
    call = rule_named(rule) if isinstance(rule, str) else rule
    found: list[np.ndarray] = []
    left = X
    for _ in range(count if isinstance(call, Smooth) else 0):
        if len(left) == 0:
            break
        (pick,) = call(belief, left, 1, target=ranking, sign=sign, rng=deepcopy(rng))
        starts = left[[row for row in (pick.index, pick.runner_up) if row is not None]]
        surface = call.surface(belief, left, target=ranking, sign=sign, rng=deepcopy(rng))  # type: ignore[attr-defined]
        moved = polish(space, surface, starts)
        found.append(moved[(moved != starts).any(axis=1)])
        belief = belief.conditioned(moved[:1], target)
        left = np.delete(left, pick.index, axis=0)
    points = np.vstack([*found, np.empty((0, X.shape[1]))])
    return np.asarray(points[np.sort(np.unique(points, axis=0, return_index=True)[1])])


def apart(space: Space, points: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Those of the points (n, d) that are not next to one of the known (k, d), in every variable."""
    low, high = space.bounds.T
    gaps = np.abs(points[:, None] - known.reshape(-1, len(low))) / (high - low)
    return np.asarray(points[~(gaps < NEAR).all(axis=2).any(axis=1)])
