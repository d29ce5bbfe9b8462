"""Centre and unit of every target, computed from the statistics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from loop.assimilation.arrays import Array
from loop.assimilation.pattern import Pattern
from loop.assimilation.statistics import Statistics
from loop.assimilation.structure import SOURCES, Active, Structure
from loop.errors import CampaignError

ROUNDING = 8.0 * np.finfo(np.float64).eps
"""Relative size below which a residual is rounding error."""


@dataclass(frozen=True)
class Scaling:
    """y' = (y − centre) / unit, and the floor below which a residual deviation means nothing.

    Parameters
    ----------
    centre, unit
        (q,), in target units.
    floor
        (q,), relative to ``unit``: rounding of the largest values seen.
    """

    centre: Array
    unit: Array
    floor: Array

    @classmethod
    def of(
        cls,
        statistics: Statistics,
        structure: Structure,
        constant: int | None,
        centre: ArrayLike | None = None,
        unit: ArrayLike | None = None,
    ) -> Scaling:
        """Compute from statistics what is not given (method.md, 3).

        The centre of a target is its own mean; its unit the standard deviation of the first target of the
        same quantity, calculations first, that has two different values. Where a target without a constant of
        its own hangs together with others, all their centres are zero and the unit is the root mean square,
        because a shift would break the relation.

        Raises
        ------
        CampaignError
            When a given centre or unit has the wrong shape, or a unit is not positive.
        """
        means, deviations, largest = _moments(statistics, constant)
        centres = means if constant is not None and _all_shift(structure, constant) else np.zeros(structure.size)
        spreads = np.hypot(deviations, means - centres)
        chosen = _given(centre, centres, structure.size, "centre")
        units = _given(unit, _units(structure, spreads, largest), structure.size, "scale")
        if not np.all(units > 0):
            raise CampaignError(f"scale {units}: every target needs a positive one")
        floor = ROUNDING * np.maximum(largest, np.abs(chosen)) / units
        return cls(chosen, units, np.maximum(floor, np.finfo(np.float64).eps))


def _given(value: ArrayLike | None, default: Array, q: int, name: str) -> Array:
    if value is None:
        return default
    array = np.asarray(value, dtype=np.float64)
    if array.ndim > 1 or array.size not in (1, q) or not np.isfinite(array).all():
        raise CampaignError(f"{name} {value!r}: expected a finite number or one per target ({q})")
    return np.array(np.broadcast_to(array, (q,)))


def _all_shift(structure: Structure, constant: int) -> bool:
    """Whether every target may have an offset of its own (checked by name, index or rule elsewhere)."""
    return all(_shifts(structure.active.get(target), constant) for target in structure.targets)


def _shifts(active: Active, constant: int) -> bool:
    if active is None or (isinstance(active, str) and active.startswith("order")):
        return True
    items: tuple[str | int, ...] = (active,) if isinstance(active, str) else tuple(active)
    return any(item in ("1", constant) for item in items)


def _moments(statistics: Statistics, constant: int | None) -> tuple[Array, Array, Array]:
    """Mean, deviation and largest root mean square of every target, weights counted."""
    q = statistics.q
    weight, total, square = np.zeros(q), np.zeros(q), np.zeros(q)
    for pattern in _plain(statistics):
        ones = pattern.factor[:, constant] if constant is not None else np.zeros(len(pattern.factor))
        targets = pattern.factor[:, statistics.p :]
        mass = np.sum(ones**2) if constant is not None else float(pattern.count)
        weight += np.multiply(pattern.key.observed, mass)
        total += ones @ targets
        square += np.sum(targets**2, axis=0)
    mean = np.divide(total, weight, out=np.zeros(q), where=weight > 0)
    deviation = np.sqrt(np.divide(_scatter(statistics, constant, mean), weight, out=np.zeros(q), where=weight > 0))
    largest = np.sqrt(np.divide(square, weight, out=np.zeros(q), where=weight > 0))
    return mean, np.where(deviation > ROUNDING * largest, deviation, 0.0), largest


def _plain(statistics: Statistics) -> list[Pattern]:
    """Those that observed targets themselves: a combination has no centre of its own."""
    return [pattern for pattern in statistics.patterns if not pattern.key.operator]


def _scatter(statistics: Statistics, constant: int | None, mean: Array) -> Array:
    scatter = np.zeros(statistics.q)
    for pattern in _plain(statistics):
        targets = pattern.factor[:, statistics.p :]
        if constant is not None:
            targets = targets - np.outer(pattern.factor[:, constant], mean * pattern.key.observed)
        scatter += np.sum(targets**2, axis=0)
    return scatter


def _units(structure: Structure, spreads: Array, largest: Array) -> Array:
    """One unit per quantity: the first spread, calculations first, else the largest value, else 1."""
    order = sorted(range(structure.size), key=lambda j: structure.sources[j] != SOURCES[0])
    units = np.ones(structure.size)
    for j, quantity in enumerate(structure.quantities):
        same = [k for k in order if structure.quantities[k] == quantity]
        candidates = [spreads[k] for k in same if spreads[k] > 0] + [largest[k] for k in same if largest[k] > 0]
        units[j] = candidates[0] if candidates else 1.0
    return units
