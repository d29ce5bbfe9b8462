"""Values that were observed on the line or in the plane that a figure shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loop.figures.data.moment import Moment
from loop.objective import at_its_temperature
from loop.records import Observation

_SAME = 1e-6


@dataclass(frozen=True, eq=False)
class Nearby:
    """Observed values.

    Parameters
    ----------
    x
        The variables that are shown, (n, k).
    values, uncertainties
        (n,); the uncertainty is NaN where none was stated.
    labels, laboratories
        (n,) texts.
    elsewhere
        How many other values of the target lie off the line or plane.
    """

    x: np.ndarray
    values: np.ndarray
    uncertainties: np.ndarray
    labels: tuple[str, ...]
    laboratories: tuple[str, ...]
    elsewhere: int


def nearby(moment: Moment, base: np.ndarray, columns: Sequence[int], target: str | None) -> Nearby:
    """Gather the values of a target that share all other variables with a point.

    Parameters
    ----------
    moment
        Whose values.
    base
        The point, (d,).
    columns
        Of the variables that may differ.
    target
        None is the objective; where that is a function of targets, or the value was measured at another temperature
        than it is sought at, nothing observed compares.
    """
    name = target or moment.objective.target
    own = [] if target is None and moment.objective.worth is not None else moment.state.values_of(name)
    rest = [column for column in range(len(base)) if column not in set(columns)]
    shown = [each for each in own if at_its_temperature(moment.campaign, each) and _agrees(each, base, rest)]
    return Nearby(
        x=np.array([[each.x[column] for column in columns] for each in shown]).reshape(len(shown), len(columns)),
        values=np.array([each.value for each in shown]),
        uncertainties=np.array([np.nan if each.uncertainty is None else each.uncertainty for each in shown]),
        labels=tuple(each.label for each in shown),
        laboratories=tuple(each.provenance.laboratory for each in shown),
        elsewhere=len(own) - len(shown),
    )


def _agrees(item: Observation, base: np.ndarray, rest: Sequence[int]) -> bool:
    return all(abs(item.x[column] - base[column]) <= _SAME for column in rest)
