"""Which two variables share a whole with a third occupancy, so that a triangle shows all three alike."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.space import Space
from loop.space.constraint import Linear
from loop.space.formula import Site


@dataclass(frozen=True)
class Corners:
    """Three shares that sum to a whole.

    Parameters
    ----------
    names
        Of the third share, which is the rest, and of the two variables: elements, or variables.
    whole
        What they sum to: 1, or less where a fourth share is held.
    """

    names: tuple[str, str, str]
    whole: float


def corners(space: Space, columns: tuple[int, int], base: np.ndarray) -> Corners | None:
    """Find the triangle of two variables; None where they do not share a whole with exactly one other.

    Parameters
    ----------
    space
        The design space.
    columns
        Of the two variables.
    base
        Point that holds the others, (d,).
    """
    return _of_formula(space, columns, base) or _of_sum(space, columns)


def _of_formula(space: Space, columns: tuple[int, int], base: np.ndarray) -> Corners | None:
    names = [space.names[column] for column in columns]
    sites = space.formula.sites if space.formula is not None else ()
    own = [next((site.element for site in sites if _is_share(site, name)), None) for name in names]
    rest = next((site for site in sites if _is_rest(site, names)), None)
    if rest is None or own[0] is None or own[1] is None:
        return None
    others = np.array(base, dtype=float)
    others[list(columns)] = 0.0
    whole = rest.occupancy.constant + float(rest.occupancy.vector(space.names) @ others)
    return Corners((rest.element, own[0], own[1]), whole) if whole > 0 else None


def _is_share(site: Site, name: str) -> bool:
    return dict(site.occupancy.coefficients) == {name: 1.0} and site.occupancy.constant == 0


def _is_rest(site: Site, names: list[str]) -> bool:
    return all(site.occupancy.coefficients.get(name) == -1.0 for name in names)


def _of_sum(space: Space, columns: tuple[int, int]) -> Corners | None:
    for constraint in space.constraints:
        if not isinstance(constraint, Linear) or not constraint.is_equality:
            continue
        factors = np.array(constraint.coefficients)
        third = [int(k) for k in np.flatnonzero(factors) if k not in columns]
        if len(third) == 1 and len({*factors[list(columns)].tolist(), factors[third[0]]}) == 1:
            first, second = (space.names[column] for column in columns)
            return Corners((space.names[third[0]], first, second), constraint.bound / factors[third[0]])
    return None
