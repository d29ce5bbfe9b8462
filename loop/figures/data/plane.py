"""The prediction over two variables, with its uncertainty: a rectangle, or a triangle of three shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from loop.errors import DataError
from loop.figures.data.band import column_of, held_words, require_target, sought, values_of
from loop.figures.data.corners import Corners, corners
from loop.figures.data.moment import Moment
from loop.figures.data.moving import moved
from loop.figures.data.nearby import Nearby, nearby
from loop.figures.data.table import Table, column

POINTS = 41


@dataclass(frozen=True, eq=False)
class Plane:
    """A prediction over two variables.

    Parameters
    ----------
    variables, descriptions
        The first and the second.
    categories
        Names of the values of each where it is categorical; else empty.
    corners
        Of the triangle, where the two share a whole with a third; None for a rectangle.
    shape
        Rows and columns of the rectangle; None for a triangle.
    at
        What is held, by variable.
    target, unit
        What is predicted, and its unit.
    first, second
        Of the points, (n,); of a rectangle row by row, the second variable growing from row to row.
    mean, deviation
        Of the noise-free quantity, (n,); NaN where the space ends.
    nearby
        What was observed in this plane.
    """

    variables: tuple[str, str]
    descriptions: tuple[str, str]
    categories: tuple[tuple[str, ...], tuple[str, ...]]
    corners: Corners | None
    shape: tuple[int, int] | None
    at: Mapping[str, float | str]
    target: str
    unit: str
    first: np.ndarray
    second: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray
    nearby: Nearby

    @property
    def third(self) -> np.ndarray:
        """The rest of the whole, (n,), of a triangle.

        Raises
        ------
        DataError
            Of a rectangle.
        """
        if self.corners is None:
            raise DataError(f"{' and '.join(self.variables)} share no whole with a third variable")
        return np.asarray(self.corners.whole - self.first - self.second)

    def table(self) -> Table:
        """One row a point."""
        rest = () if self.corners is None else (column(f"{self.corners.names[0]} (the rest)", self.third),)
        return Table(
            f"Prediction of {self.target} over {' and '.join(self.variables)}{held_words(self.at, *self.variables)}",
            (
                column(self.variables[0], self.first),
                column(self.variables[1], self.second),
                *rest,
                column("mean", self.mean, self.unit),
                column("standard deviation", self.deviation, self.unit),
            ),
        )


def plane(
    moment: Moment,
    variables: tuple[str, str],
    at: Mapping[str, float | str] | None = None,
    target: str | None = None,
    points: int = POINTS,
) -> Plane | None:
    """Predict over two variables.

    Parameters
    ----------
    moment
        As of when.
    variables
        Names of the two.
    at
        Values of others; those of the best point where none are given.
    target
        What is predicted; the objective if None.
    points
        Along each edge.

    Returns
    -------
    Plane or None
        None while there is no model, or no best point.

    Raises
    ------
    DataError
        Where there is no such variable, target or category, or both are the same.
    """
    columns = column_of(moment, variables[0]), column_of(moment, variables[1])
    require_target(moment, target)
    if columns[0] == columns[1]:
        raise DataError(f"a map needs two variables: {variables[0]} is named twice")
    held = moment.base(at)
    if held is None or moment.model is None:
        return None
    space, given = moment.campaign.space, moment.campaign.table.space.variables
    triangle = corners(space, columns, held)
    axes = tuple(values_of(space.variables[k], points) for k in columns)
    shown = _rectangle(*axes) if triangle is None else _triangle(triangle.whole, points)
    mean, deviation = moment.moments(moved(space, held, columns, shown), target)
    return Plane(
        variables=variables,
        descriptions=(given[variables[0]].description, given[variables[1]].description),
        categories=(space.variables[columns[0]].values, space.variables[columns[1]].values),
        corners=triangle,
        shape=None if triangle is not None else (len(axes[1]), len(axes[0])),
        at=space.written(held.tolist()),
        target=sought(moment, target),
        unit=moment.unit(target),
        first=shown[:, 0],
        second=shown[:, 1],
        mean=mean,
        deviation=deviation,
        nearby=nearby(moment, held, columns, target),
    )


def _rectangle(across: np.ndarray, up: np.ndarray) -> np.ndarray:
    return np.column_stack([np.tile(across, len(up)), np.repeat(up, len(across))])


def _triangle(whole: float, points: int) -> np.ndarray:
    """Even points of a triangle, edges included, (n (n + 1) / 2, 2)."""
    steps = np.array([(i, j) for j in range(points) for i in range(points - j)], dtype=float)
    return np.asarray(whole * steps / (points - 1))
