"""What a categorical variable may be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loop.errors import CampaignError, DataError
from loop.space.constraint import Condition, Linear
from loop.space.variable import Variable

_FORM = re.compile(r"\s*(?P<name>\w+)\s*(?P<sign>!=|==|=)\s*(?P<quote>['\"]?)(?P<value>.*?)(?P=quote)\s*")


@dataclass(frozen=True)
class Category:
    """A categorical variable is one of some of its values.

    Parameters
    ----------
    text
        As it was written.
    variable
        The variable.
    column
        Its place in a point.
    allowed
        Positions of the values it may have.
    """

    text: str
    variable: Variable
    column: int
    allowed: tuple[int, ...]

    @classmethod
    def one_of(cls, variable: Variable, column: int, values: Sequence[str]) -> Category:
        """Allow these values.

        Raises
        ------
        CampaignError
            Where the variable does not have one of them, or none is given.
        """
        if not values:
            raise CampaignError(f"{variable.name}: no value is left, expected some of {', '.join(variable.values)}")
        try:
            allowed = tuple(sorted({int(variable.position(value)) for value in values}))
        except DataError as error:
            raise CampaignError(str(error)) from error
        return cls(f"{variable.name} = {' or '.join(values)}", variable, column, allowed)

    def holds(self, X: np.ndarray) -> np.ndarray:
        """See :class:`~loop.space.constraint.Constraint`."""
        return np.asarray(np.isin(np.round(X[:, self.column]), self.allowed))

    def refusal(self, x: Sequence[float]) -> str:
        """See :class:`~loop.space.constraint.Constraint`."""
        return f"{self.found(x)}, expected {self.text}"

    def found(self, x: Sequence[float]) -> str:
        """See :class:`~loop.space.constraint.Condition`."""
        return f"{self.variable.name} = {self.variable.text(x[self.column])}"


def condition(text: str, variables: Sequence[Variable]) -> Condition:
    """Read ``treatment = annealed``, ``treatment != annealed`` or a linear constraint.

    Raises
    ------
    CampaignError
        Where it cannot be read, or puts a category in a place for numbers.
    """
    names = [variable.name for variable in variables]
    categorical = {variable.name: variable for variable in variables if variable.values}
    match = _FORM.fullmatch(text)
    if match is not None and match["name"] in categorical:
        variable = categorical[match["name"]]
        wanted = [match["value"]]
        found = Category.one_of(variable, names.index(variable.name), wanted)
        if match["sign"] == "!=":
            found = Category.one_of(variable, found.column, [each for each in variable.values if each not in wanted])
        return Category(text.strip(), found.variable, found.column, found.allowed)
    linear = Linear.parse(text, names)
    for name, coefficient in zip(names, linear.coefficients, strict=True):
        if coefficient and name in categorical:
            raise CampaignError(
                f"{text!r}: {name} is categorical, expected '{name} = {categorical[name].values[0]}' or '{name} != …'"
            )
    return linear
