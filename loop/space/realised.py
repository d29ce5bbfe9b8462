"""Where a measured composition lies in the design space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from loop.errors import CompositionError
from loop.space.formula import Formula
from loop.space.space import Space

OFF_FAMILY = 0.05
"""Largest difference of a measured atomic share from the family's nearest member that is still believed."""

_EDGE = 3.0


@dataclass(frozen=True)
class Realised:
    """The design point of a composition that was measured.

    Parameters
    ----------
    x
        Design point.
    uncertainty
        Its standard uncertainties; 0 for variables that the formula does not hold.
    misfit
        Largest difference of a measured share of atoms from that of the point's composition.
    """

    x: tuple[float, ...]
    uncertainty: tuple[float, ...]
    misfit: float


def realised_point(
    space: Space,
    shares: Mapping[str, float],
    uncertainty: Mapping[str, float],
    beside: Mapping[str, float] | None = None,
) -> Realised:
    """Find the member of the family nearest to a measured composition.

    A measurement never fits the sublattice sums exactly, and some elements (boron in EDX) are not seen at all: the
    point is that of weighted least squares over the elements measured. Amounts are linear in (u, u·x), with u the
    number of formula units; the uncertainties of x follow to first order, enlarged where the misfit is larger than
    stated.

    Parameters
    ----------
    space
        With a formula.
    shares, uncertainty
        Of the elements measured, in any one unit (at.%), and their standard uncertainties in the same.
    beside
        Values of the variables that do not occur in the formula.

    Returns
    -------
    Realised
        The point is moved to the edge of the space where it lies outside by less than three standard uncertainties;
        farther out it stays, so that it is refused when it is admitted.

    Raises
    ------
    CompositionError
        Where the composition is off the family by more than 5 % of the atoms, an element is foreign, an amount is
        negative, or the elements measured do not determine the point.
    """
    formula = _formula(space)
    elements, m, sigma = _measured(formula, shares, uncertainty)
    design = _design(space, formula, elements)
    scaled = design / sigma[:, None]
    if np.linalg.matrix_rank(scaled) < design.shape[1]:
        raise CompositionError(f"{', '.join(elements)} do not determine the point: measure the other elements too")
    p = np.linalg.lstsq(scaled, m / sigma, rcond=None)[0]
    if p[0] <= 0:
        raise CompositionError(f"{_shown(shares)} is no member of {formula.template}")
    misfit = float(np.max(np.abs(design @ p - m)) / m.sum())
    if not misfit <= OFF_FAMILY:
        raise CompositionError(
            f"{_shown(shares)} is off {formula.template} by {misfit:.1%} of the atoms, "
            f"expected {OFF_FAMILY:.0%} at most"
        )
    free = len(elements) - design.shape[1]
    birge = float((((design @ p - m) / sigma) ** 2).sum() / free) if free else 1.0
    own = p[1:] / p[0]
    slope = np.column_stack([-own, np.eye(len(own))]) / p[0]
    covariance = slope @ np.linalg.inv(scaled.T @ scaled) @ slope.T * max(1.0, birge)
    errors = dict(zip(formula.own, np.sqrt(np.diag(covariance)), strict=True))
    found = {**(beside or {}), **dict(zip(formula.own, own, strict=True))}
    missing = [name for name in space.names if name not in found]
    if missing:
        raise CompositionError(f"a composition does not determine {', '.join(missing)}: say that beside it")
    x = np.array([float(found[name]) for name in space.names])
    u = np.array([float(errors.get(name, 0.0)) for name in space.names])
    return Realised(_at_edge(space, formula, x, u), tuple(u.tolist()), misfit)


def _formula(space: Space) -> Formula:
    if space.formula is None:
        raise CompositionError("the design space has no formula, so a composition cannot be placed in it")
    return space.formula


def _measured(
    formula: Formula, shares: Mapping[str, float], uncertainty: Mapping[str, float]
) -> tuple[list[str], np.ndarray, np.ndarray]:
    family = {site.element for site in formula.sites}
    foreign = sorted(set(shares) - family)
    if foreign:
        raise CompositionError(f"{', '.join(foreign)} does not occur in {formula.template}")
    elements = sorted(shares)
    m = np.array([float(shares[name]) for name in elements])
    sigma = np.array([float(uncertainty[name]) for name in elements])
    if not (np.all(m >= 0) and np.all(np.isfinite(m)) and m.sum() > 0):
        raise CompositionError(f"{_shown(shares)}: expected amounts of zero or more")
    if not (np.all(sigma > 0) and np.all(np.isfinite(sigma))):
        raise CompositionError("the uncertainty of a composition must be positive")
    return elements, m, sigma


def _design(space: Space, formula: Formula, elements: list[str]) -> np.ndarray:
    """Amounts (len(elements), 1 + own) of one formula unit at x = 0, and by what each variable changes them."""
    zero = np.zeros(len(space.variables))
    columns = [formula.amounts(zero.tolist())]
    for name in formula.own:
        unit = zero.copy()
        unit[space.names.index(name)] = 1.0
        at = formula.amounts(unit.tolist())
        columns.append({element: at[element] - columns[0][element] for element in at})
    return np.array([[column[element] for column in columns] for element in elements])


def _at_edge(space: Space, formula: Formula, x: np.ndarray, u: np.ndarray) -> tuple[float, ...]:
    """The nearest point of the space in units of the uncertainty, if that is near enough; else the point itself."""
    low, high = space.bounds.T
    if np.all((low <= x) & (x <= high)) and formula.holds(x[None, :])[0]:
        return tuple(x.tolist())
    from scipy.optimize import (  # half a second to import: most cycles need none of it
        Bounds,
        LinearConstraint,
        minimize,
    )

    moving = u > 0
    size = np.where(moving, u, 1.0)
    constant = formula.occupancies(np.zeros(len(x)).tolist())
    slope = np.array([formula.occupancies(row.tolist()) - constant for row in np.eye(len(x))]).T
    inside = LinearConstraint(
        slope * size, -constant - slope @ x, np.where(slope.any(axis=1), 1 - constant - slope @ x, np.inf)
    )
    reach = np.where(moving, [(low - x) / size, (high - x) / size], 0.0)
    found = minimize(
        _distance,
        np.clip(np.zeros(len(x)), *reach),
        jac=_direction,
        bounds=Bounds(reach[0], reach[1]),
        constraints=inside,
        method="SLSQP",
    )
    if not found.success or np.max(np.abs(found.x)) > _EDGE:
        return tuple(x.tolist())
    return tuple(np.clip(x + size * found.x, low, high).tolist())


def _distance(z: np.ndarray) -> float:
    return float(z @ z)


def _direction(z: np.ndarray) -> np.ndarray:
    return 2 * z


def _shown(shares: Mapping[str, float]) -> str:
    return " ".join(f"{name}{amount:g}" for name, amount in shares.items())
