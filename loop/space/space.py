"""The design space: variables, and the formula that makes compositions of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from loop.errors import CompositionError, DataError
from loop.space.constraint import Constraint
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
    constraints
        What a point that is asked for must satisfy as well.
    """

    variables: tuple[Variable, ...]
    formula: Formula | None = None
    constraints: tuple[Constraint, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the variables, in order."""
        return tuple(variable.name for variable in self.variables)

    @property
    def categories(self) -> frozenset[int]:
        """Entries of a point that are positions of categories."""
        return frozenset(entry for entry, variable in enumerate(self.variables) if variable.values)

    @property
    def bounds(self) -> np.ndarray:
        """Lower and upper bound of each variable, shape (d, 2)."""
        return np.array([[variable.low, variable.high] for variable in self.variables])

    @property
    def is_plain(self) -> bool:
        """Whether bounds and formula are all there is: no steps, no constraints."""
        return not self.constraints and all(variable.step is None for variable in self.variables)

    def check(self, x: Sequence[float]) -> None:
        """Refuse a point that may not be asked for: outside the space, off a step, or against a constraint.

        Raises
        ------
        DataError
            Naming the variable, its value and its bounds, the element and its occupancy, or the constraint as written.
        """
        self.check_inside(x)
        if self.is_plain:
            return
        for variable, value in zip(self.variables, x, strict=True):
            if not variable.on_step(np.array(value)):
                raise DataError(
                    f"{variable.name} = {value:g}, expected steps of {variable.step:g} from {variable.low:g}"
                )
        point = np.array([x], dtype=float)
        for constraint in self.constraints:
            if not constraint.holds(point)[0]:
                raise DataError(constraint.refusal(x))

    def check_inside(self, x: Sequence[float]) -> None:
        """Refuse a point outside bounds and formula; what was measured elsewhere may be off steps and constraints.

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
            if variable.values and not variable.on_step(np.array(value)):
                raise DataError(
                    f"{variable.name} = {value:g}, expected the position of one of {', '.join(variable.values)}"
                )
        if self.formula is not None:
            self.formula.check(x)

    def allows(self, X: np.ndarray) -> np.ndarray:
        """Which of the points X (n, d) pass :meth:`check`, (n,)."""
        low, high = self.bounds.T
        good = np.all((X - low >= -_TOLERANCE) & (X - high <= _TOLERANCE), axis=1)
        for column, variable in zip(X.T, self.variables, strict=True):
            good &= variable.on_step(column)
        for constraint in self.constraints:
            good &= constraint.holds(X)
        return np.asarray(good if self.formula is None else good & self.formula.holds(X))

    def label(self, x: Sequence[float]) -> str:
        """Name a point as a person would: its formula and what the formula does not say, or its coordinates."""
        if self.formula is None:
            return self.coordinates(x)
        beside = [f"{name} = {text}" for name, text in self._texts(x) if name not in self.formula.own]
        return ", ".join([self.formula.label(x), *beside])

    def coordinates(self, x: Sequence[float]) -> str:
        """Write all values of a point, ``alpha = 0.2, treatment = annealed``."""
        return ", ".join(f"{name} = {text}" for name, text in self._texts(x))

    def written(self, x: Sequence[float]) -> dict[str, float | str]:
        """Values of a point by name: numbers, and the names of categories."""
        pairs = zip(self.variables, x, strict=True)
        return {each.name: each.text(value) if each.values else float(value) for each, value in pairs}

    def point(self, values: Mapping[str, float | str]) -> tuple[float, ...]:
        """Undo :meth:`written`.

        Raises
        ------
        DataError
            Where a value is missing, of no variable, or no number or category.
        """
        if set(values) != set(self.names):
            raise DataError(f"found values of {', '.join(values) or 'nothing'}, expected of {', '.join(self.names)}")
        return tuple(_position(variable, values[variable.name]) for variable in self.variables)

    def beside(self, x: Sequence[float]) -> dict[str, float]:
        """Values of a point that its formula does not say, by name."""
        own = self.formula.own if self.formula is not None else ()
        return {name: float(value) for name, value in zip(self.names, x, strict=True) if name not in own}

    def point_of(
        self, amounts: Mapping[str, float], beside: Mapping[str, float] | None = None
    ) -> tuple[tuple[float, ...], float]:
        """Find the point of a composition and the number of formula units in it (see :meth:`Formula.point`).

        Parameters
        ----------
        amounts
            Amount of each element.
        beside
            Values of the variables that do not occur in the formula.

        Raises
        ------
        CompositionError
            Where the composition is no member of the family, the space has no formula, or a value is missing.
        DataError
            Where it lies outside the bounds.
        """
        if self.formula is None:
            raise CompositionError("the design space has no formula, so a composition cannot be placed in it")
        x, units = self.formula.point(amounts, beside)
        self.check_inside(x)
        return x, units

    def _texts(self, x: Sequence[float]) -> list[tuple[str, str]]:
        return [(each.name, each.text(value)) for each, value in zip(self.variables, x, strict=True)]


def _position(variable: Variable, value: float | str) -> float:
    if variable.values:
        return variable.position(str(value))
    if isinstance(value, str):
        raise DataError(f"{variable.name}: found {value!r}, expected a number")
    return float(value)
