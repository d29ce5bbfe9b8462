"""The model of M(x, T) as the judge of readings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from loop.innovation import Forecast, Forecaster, Learn, Reading
from loop.magnet.magnet import Magnet
from loop.magnetism import FiniteTemperature
from loop.magnetism.finite_temperature import CURIE, ZERO

Array = NDArray[np.float64]
_STEP = 1.0
"""Kelvin, of the difference quotient in T."""


@dataclass(frozen=True)
class MagnetForecaster:
    """Forecasts of measurements and calculations.

    Parameters
    ----------
    magnet
        What the targets are.
    model
        Fitted.
    """

    magnet: Magnet
    model: FiniteTemperature

    def __call__(self, readings: Sequence[Reading]) -> Forecast:
        """Foretell readings: of a laboratory, where one is named, with its offset."""
        mean, deviation, scatter = (np.empty(len(readings)) for _ in range(3))
        for name in dict.fromkeys(self.magnet.names[reading.target] for reading in readings):
            rows = np.array([self.magnet.names[reading.target] == name for reading in readings])
            mine = [reading for reading, own in zip(readings, rows, strict=True) if own]
            forecast = self._measured(name, mine) if name in {ZERO, CURIE} else self._calculated(name, mine)
            mean[rows], deviation[rows], scatter[rows] = forecast.mean, forecast.deviation, forecast.scatter
        return Forecast(mean, deviation, scatter)

    def _calculated(self, name: str, readings: Sequence[Reading]) -> Forecast:
        mean, deviation = self.model.target(np.array([reading.x for reading in readings]), name)
        return Forecast(mean, deviation, np.full(len(readings), self._residual(name, name) ** 0.5))

    def _measured(self, name: str, readings: Sequence[Reading]) -> Forecast:
        rows = [self.magnet.row(replace(reading, uncertainty=None)) for reading in readings]
        mean, total = self.model.predict_rows(rows)
        scatter = np.sqrt(self._residual(CURIE, CURIE)) if name == CURIE else self._scatter(readings)
        scatter = np.minimum(scatter, total)
        return Forecast(mean, np.sqrt(total**2 - scatter**2), np.asarray(scatter))

    def _scatter(self, readings: Sequence[Reading]) -> Array:
        """Scatter of M(T), which that of M0 and Tc of a sample makes: M = M0·m(T/Tc), ∂M/∂Tc = −(T/Tc) ∂M/∂T."""
        X = np.array([reading.x for reading in readings])
        T = np.array([self.magnet.temperature(reading) for reading in readings])
        low = np.maximum(T - _STEP, 0.0)
        rise = (self.model.predict(X, T + _STEP) - self.model.predict(X, low)) / (T + _STEP - low)
        to_zero = self.model.predict(X, T) / np.maximum(self.model.zero_temperature(X)[0], 1e-9)
        to_curie = -T / np.maximum(self.model.curie_temperature(X)[0], 1.0) * rise
        variance = to_zero**2 * self._residual(ZERO, ZERO) + to_curie**2 * self._residual(CURIE, CURIE)
        return np.asarray(np.sqrt(np.maximum(variance + 2.0 * to_zero * to_curie * self._residual(ZERO, CURIE), 0.0)))

    def _residual(self, one: str, other: str) -> float:
        index = self.magnet.structure.index
        return float(self.model.residual_covariance_[index(one), index(other)])


def magnet_learner(magnet: Magnet) -> Learn:
    """Make what fits the model of M(x, T) to readings."""

    def learn(readings: Sequence[Reading]) -> Forecaster:
        return MagnetForecaster(magnet, magnet.fit(readings))

    return learn
