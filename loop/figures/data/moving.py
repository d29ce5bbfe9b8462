"""Points that differ from one point in one variable or two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from loop.space import Space
from loop.space.constraint import Linear


def moved(space: Space, base: np.ndarray, columns: Sequence[int], values: np.ndarray) -> np.ndarray:
    """Give some variables of a point other values.

    Parameters
    ----------
    space
        Its steps do not matter here: between them a model predicts as well.
    base
        The point, (d,).
    columns
        Of the k variables.
    values
        Their values, (n, k).

    Returns
    -------
    ndarray
        Points (n, d). Where the space demands a sum, the other variables in it make room in proportion. NaN where the
        space ends: bounds, occupancies, constraints.
    """
    X = np.tile(np.asarray(base, dtype=float), (len(values), 1))
    X[:, list(columns)] = values
    for constraint in space.constraints:
        if isinstance(constraint, Linear) and constraint.is_equality:
            _make_room(X, constraint, columns)
    X[~smooth(space).allows(X)] = np.nan
    return X


def smooth(space: Space) -> Space:
    """The same space without steps; categories stay."""
    return replace(space, variables=tuple(v if v.values else replace(v, step=None) for v in space.variables))


def _make_room(X: np.ndarray, constraint: Linear, columns: Sequence[int]) -> None:
    factors = np.array(constraint.coefficients)
    others = [k for k in np.flatnonzero(factors) if k not in set(columns)]
    if not others or not factors[list(columns)].any():
        return
    taken = X[:, list(columns)] @ factors[list(columns)]
    held = X[:, others] @ factors[others]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(held != 0, (constraint.bound - taken) / held, 0.0)
    X[:, others] *= share[:, None]
    left = constraint.bound - taken - X[:, others] @ factors[others]
    X[:, others] += np.where(np.abs(left) > 1e-12, left, 0.0)[:, None] / len(others) / factors[others]
