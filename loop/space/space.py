"""The design space: variables, and the formula that makes compositions of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from loop.errors import CompositionError, DataError
from loop.space.formula import Formula
from loop.space.variable import Variable

_TOLERANCE = 1e-9


@dataclass(frozen=True)
class Space:
    """Where the loop may look.

    Parameters
    ----------
    variables
        In order; a design point lists one value for each.
    formula
        Composition of a design point, or None where the variables are no composition.
    """

    variables: tuple[Variable, ...]
    formula: Formula | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the variables, in order."""
        return tuple(variable.name for variable in self.variables)

    @property
    def bounds(self) -> np.ndarray:
        """Lower and upper bound of each variable, shape (d, 2)."""
        return np.array([[variable.low, variable.high] for variable in self.variables])

    def check(self, x: Sequence[float]) -> None:
        """Refuse a point outside the space.

        Raises
        ------
        DataError
            Naming the variable, its value and its bounds, or the element and its occupancy.
        """
        if len(x) != len(self.variables):
            raise DataError(f"a point has {len(x)} values, expected {len(self.variables)}: {', '.join(self.names)}")
        for variable, value in zip(self.variables, x, strict=True):
            if not variable.low - _TOLERANCE <= value <= variable.high + _TOLERANCE:
                raise DataError(f"{variable.name} = {value:g}, expected {variable.low:g} to {variable.high:g}")
        if self.formula is not None:
            self.formula.check(x)

    def label(self, x: Sequence[float]) -> str:
        """Name a point as a person would: its formula, or its coordinates."""
        if self.formula is not None:
            return self.formula.label(x)
        return ", ".join(f"{name} = {value:g}" for name, value in zip(self.names, x, strict=True))

    def point_of(self, amounts: Mapping[str, float]) -> tuple[tuple[float, ...], float]:
        """Find the point of a composition and the number of formula units in it (see :meth:`Formula.point`).

        Raises
        ------
        CompositionError
            Where the composition is no member of the family, or the space has no formula.
        DataError
            Where it lies outside the bounds.
        """
        if self.formula is None:
            raise CompositionError("the design space has no formula, so a composition cannot be placed in it")
        x, units = self.formula.point(amounts)
        self.check(x)
        return x, units
