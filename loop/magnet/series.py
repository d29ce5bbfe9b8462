"""A whole series of measurements left out, and foretold from the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loop.errors import DataError
from loop.innovation import Reading
from loop.magnet.forecaster import MagnetForecaster
from loop.magnet.magnet import Magnet
from loop.magnetism.finite_temperature import CURIE, ZERO

Array = NDArray[np.float64]
INSIDE = 1.96
"""Standard deviations of a central 95 % interval."""


@dataclass(frozen=True)
class Score:
    """How well something foretells one quantity of a series.

    Parameters
    ----------
    quantity
        ``M0`` for magnetizations at any temperature, ``Tc``.
    by
        What foretells it: ``"both"``, ``"measurements alone"``, ``"calculations alone"``.
    count
        Measurements left out.
    rmse
        Root mean square error, in the unit of the quantity.
    coverage
        Share of measurements inside the 95 % interval of a measurement; NaN for calculations alone, which state none.
    width
        Mean half-width of that interval.
    """

    quantity: str
    by: str
    count: int
    rmse: float
    coverage: float
    width: float


@dataclass(frozen=True)
class HeldBack:
    """A series that was left out.

    Parameters
    ----------
    readings
        Its measurements.
    mean, deviation
        Foretold from all the rest, with all that makes a measurement scatter, shape (n,).
    scores
        By quantity and by what foretells it.
    """

    readings: tuple[Reading, ...]
    mean: Array
    deviation: Array
    scores: tuple[Score, ...]


def held_back(magnet: Magnet, readings: Sequence[Reading], is_held: Callable[[Reading], bool]) -> HeldBack:
    """Leave a series of measurements out; foretell it from all the rest, from measurements and from calculations alone.

    Parameters
    ----------
    magnet
        What the targets are.
    readings
        Everything.
    is_held
        Which measurements are left out; calculations are kept, as they do not depend on anything measured.

    Raises
    ------
    DataError
        Where no measurement is left out.
    EstimationError
        Where the rest determines no model.
    """
    held = [reading for reading in readings if magnet.is_measured(reading) and is_held(reading)]
    if not held:
        raise DataError("no measurement belongs to the series that is to be left out")
    gone = {reading.id for reading in held}
    rest = [reading for reading in readings if reading.id not in gone]
    measured = [reading for reading in rest if magnet.is_measured(reading)]
    mean, deviation = _foretold(magnet, rest, held)
    scores = _scores(magnet, held, "both", mean, deviation)
    scores += _scores(magnet, held, "measurements alone", *_foretold(magnet, measured, held))
    scores += _scores(
        magnet, held, "calculations alone", _calculated(magnet, readings, held), np.full(len(held), np.nan)
    )
    return HeldBack(tuple(held), mean, deviation, tuple(scores))


def _foretold(magnet: Magnet, learned: Sequence[Reading], held: Sequence[Reading]) -> tuple[Array, Array]:
    forecast = MagnetForecaster(magnet, magnet.fit(learned))(held)
    stated = np.array([reading.uncertainty or 0.0 for reading in held])
    return forecast.mean, np.sqrt(forecast.deviation**2 + forecast.scatter**2 + stated**2)


def _calculated(magnet: Magnet, readings: Sequence[Reading], held: Sequence[Reading]) -> Array:
    """The calculation nearest in composition, whatever the temperature; NaN for Curie temperatures, which have none."""
    known = [reading for reading in readings if not magnet.is_measured(reading)]
    X = np.array([reading.x for reading in known])
    nearest = [int(np.argmin(np.abs(X - np.array(reading.x)).sum(axis=1))) if known else -1 for reading in held]
    return np.array(
        [
            known[at].value if known and magnet.names[reading.target] == ZERO else np.nan
            for at, reading in zip(nearest, held, strict=True)
        ]
    )


def _scores(magnet: Magnet, held: Sequence[Reading], by: str, mean: Array, deviation: Array) -> list[Score]:
    found = []
    for quantity in (ZERO, CURIE):
        rows = np.array([magnet.names[reading.target] == quantity for reading in held])
        if rows.any() and not np.isnan(mean[rows]).any():
            values = np.array([reading.value for reading in held])[rows]
            error, half = values - mean[rows], INSIDE * deviation[rows]
            inside = np.nan if np.isnan(half).any() else float(np.mean(np.abs(error) <= half))
            rmse = float(np.sqrt(np.mean(error**2)))
            found.append(Score(quantity, by, int(rows.sum()), rmse, float(inside), float(half.mean())))
    return found
