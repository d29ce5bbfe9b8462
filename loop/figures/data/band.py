"""The prediction along one variable, with bands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from loop.errors import DataError
from loop.figures.data.moment import Moment
from loop.figures.data.moving import moved
from loop.figures.data.nearby import Nearby, nearby
from loop.figures.data.table import Table, column
from loop.space.variable import Variable

POINTS = 101


@dataclass(frozen=True, eq=False)
class Band:
    """A prediction along a variable.

    Parameters
    ----------
    variable, description
        What is varied, and what it means to a reader.
    categories
        Names of the values of a categorical variable, whose ``x`` are their positions; else empty.
    at
        What is held, by variable; names of categories.
    target, unit
        What is predicted, and its unit.
    x
        (n,).
    mean, deviation
        Of the noise-free quantity, (n,); NaN where the space ends.
    nearby
        What was observed on this line.
    """

    variable: str
    description: str
    categories: tuple[str, ...]
    at: Mapping[str, float | str]
    target: str
    unit: str
    x: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray
    nearby: Nearby

    def ends(self, times: float) -> tuple[np.ndarray, np.ndarray]:
        """Mean minus and plus so many standard deviations, (n,)."""
        return self.mean - times * self.deviation, self.mean + times * self.deviation

    def table(self) -> Table:
        """The curve, one row a point."""
        low, high = self.ends(2.0)
        return Table(
            f"Prediction of {self.target} along {self.variable}{held_words(self.at, self.variable)}",
            (
                column(self.variable, [self.categories[round(x)] for x in self.x] if self.categories else self.x),
                column("mean", self.mean, self.unit),
                column("standard deviation", self.deviation, self.unit),
                column("mean - 2 standard deviations", low, self.unit),
                column("mean + 2 standard deviations", high, self.unit),
            ),
        )

    def measured(self) -> Table:
        """What was observed on the line, one row a value."""
        near = self.nearby
        return Table(
            f"Observed values of {self.target} along {self.variable}{held_words(self.at, self.variable)}",
            (
                column("what", near.labels),
                column("laboratory", near.laboratories),
                column(self.variable, near.x[:, 0]),
                column("value", near.values, self.unit),
                column("stated uncertainty", near.uncertainties, self.unit),
            ),
        )


def band(
    moment: Moment,
    variable: str,
    at: Mapping[str, float | str] | None = None,
    target: str | None = None,
    points: int = POINTS,
) -> Band | None:
    """Predict along one variable.

    Parameters
    ----------
    moment
        As of when.
    variable
        Its name.
    at
        Values of others; those of the best point where none are given.
    target
        What is predicted; the objective if None.
    points
        How many; a categorical variable has one for each category.

    Returns
    -------
    Band or None
        None while there is no model, or no best point.

    Raises
    ------
    DataError
        Where there is no such variable, target or category.
    """
    column_, held = column_of(moment, variable), moment.base(at)
    require_target(moment, target)
    if held is None or moment.model is None:
        return None
    axis = moment.campaign.space.variables[column_]
    x = values_of(axis, points)
    mean, deviation = moment.moments(moved(moment.campaign.space, held, [column_], x[:, None]), target)
    return Band(
        variable=variable,
        description=moment.campaign.table.space.variables[variable].description,
        categories=axis.values,
        at=moment.campaign.space.written(held.tolist()),
        target=sought(moment, target),
        unit=moment.unit(target),
        x=x,
        mean=mean,
        deviation=deviation,
        nearby=nearby(moment, held, [column_], target),
    )


def column_of(moment: Moment, variable: str) -> int:
    """Column of a variable.

    Raises
    ------
    DataError
        Where there is none of that name.
    """
    names = moment.campaign.space.names
    if variable not in names:
        raise DataError(f"{variable!r} is no variable of {moment.campaign.name}; it has {', '.join(names)}")
    return names.index(variable)


def require_target(moment: Moment, target: str | None) -> None:
    """Refuse a target that the campaign does not have.

    Raises
    ------
    DataError
        Naming those it has.
    """
    if target is not None and target not in moment.campaign.table.targets:
        raise DataError(
            f"{target!r} is no target of {moment.campaign.name}; it has {', '.join(moment.campaign.targets)}"
        )


def values_of(axis: Variable, points: int) -> np.ndarray:
    """Values that are shown of a variable, (n,): its categories, or even ones between its bounds."""
    return axis.levels() if axis.values else np.linspace(axis.low, axis.high, points)


def sought(moment: Moment, target: str | None) -> str:
    """What is predicted, by name: a target, or the worth that is the objective."""
    table = moment.campaign.table.objective
    return target or (table.target if moment.objective.worth is None else str(table.worth))


def held_words(at: Mapping[str, float | str], *shown: str) -> str:
    """What is held, in words, without what is shown; empty where nothing is."""
    held = ", ".join(f"{name} = {_text(value)}" for name, value in at.items() if name not in shown)
    return f"; held: {held}" if held else ""


def _text(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"
