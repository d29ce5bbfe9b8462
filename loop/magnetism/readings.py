"""Rows as arrays, by what they are values of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from loop.assimilation.arrays import Array, Bools, points
from loop.errors import DataError


@dataclass(frozen=True, kw_only=True)
class Value:
    """One value of a target, or of the magnetization at a temperature.

    Parameters
    ----------
    x
        Design point.
    target
        Name of the target; the empty text for M at ``temperature``.
    temperature
        In K, positive for M; not used for targets.
    value, deviation
        In the target's unit; the standard uncertainty is None where none is stated.
    laboratory
        Empty where unknown.
    """

    x: tuple[float, ...]
    target: str
    value: float
    temperature: float = 0.0
    deviation: float | None = None
    laboratory: str = ""


@dataclass(frozen=True)
class Readings:
    """n values as arrays.

    Parameters
    ----------
    X
        (n, d).
    targets, laboratories
        (n,), texts.
    temperature, value, deviation
        (n,); a deviation of 0 is none stated.
    """

    X: Array
    targets: np.ndarray[Any, Any]
    laboratories: np.ndarray[Any, Any]
    temperature: Array
    value: Array
    deviation: Array

    @classmethod
    def of(cls, values: Sequence[Value], dim: int, targets: Sequence[str]) -> Readings:
        """Check and gather.

        Raises
        ------
        DataError
            Naming the row, what was found and what was expected.
        """
        for number, each in enumerate(values, 1):
            problem = _problem(each, dim, targets)
            if problem:
                raise DataError(f"row {number}: {problem}")
        return cls(
            points(np.array([each.x for each in values], dtype=float).reshape(-1, dim), dim),
            np.array([each.target for each in values], dtype=object),
            np.array([each.laboratory for each in values], dtype=object),
            np.array([each.temperature for each in values], dtype=float),
            np.array([each.value for each in values], dtype=float),
            np.array([each.deviation or 0.0 for each in values], dtype=float),
        )

    def part(self, rows: Bools) -> Readings:
        """Take some of the rows."""
        return Readings(*(each[rows] for each in vars(self).values()))

    @property
    def bent(self) -> Bools:
        """Which are values of M at a temperature (n,)."""
        return np.asarray(self.targets == "", dtype=bool)

    def of_target(self, target: str) -> Bools:
        """Which are values of a target (n,)."""
        return np.asarray(self.targets == target, dtype=bool)

    def belongs(self, laboratories: Sequence[str]) -> Array:
        """Indicators (n, l) of laboratories."""
        return np.asarray(self.laboratories[:, None] == np.array(laboratories, dtype=object)[None], dtype=float)


def _problem(each: Value, dim: int, targets: Sequence[str]) -> str:
    if len(each.x) != dim or not all(map(math.isfinite, each.x)):
        return f"x = {each.x}, expected {dim} finite numbers"
    if not math.isfinite(each.value):
        return f"value = {each.value}, expected a finite number"
    if each.deviation is not None and not (math.isfinite(each.deviation) and each.deviation > 0):
        return f"deviation = {each.deviation}, expected a positive number or None"
    if each.target and each.target not in targets:
        return f"target {each.target!r}, expected one of {', '.join(targets)}"
    if not each.target and not (math.isfinite(each.temperature) and each.temperature > 0):
        return f"a magnetization at {each.temperature} K, expected a positive temperature"
    return ""
