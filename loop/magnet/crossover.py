"""Above which temperature some of one element in place of another raises the magnetization."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loop.magnetism import FiniteTemperature

Array = NDArray[np.float64]
_DRAWS = 1000
_AMOUNTS = 101


@dataclass(frozen=True)
class Crossover:
    """Where the best amount of a substitute leaves zero.

    Parameters
    ----------
    temperatures
        In K, shape (t,).
    probability
        That M has its maximum at an amount larger than ``least``, shape (t,).
    draws
        Crossover temperature of every posterior draw, in K, shape (s,): from which on the maximum stays at
        an amount above ``least``; NaN where it does not within the temperatures.
    best
        Median and central 95 % of the best amount at each temperature, shape (t, 3).
    """

    temperatures: Array
    probability: Array
    draws: Array
    best: Array

    @property
    def median(self) -> float:
        """Median crossover temperature in K; draws without one count as above all temperatures."""
        return self.quantile(0.5)

    def quantile(self, level: float) -> float:
        """Quantile of the crossover temperature in K; infinite where it lies above all temperatures."""
        draws = np.sort(np.where(np.isnan(self.draws), np.inf, self.draws))
        return float(draws[min(int(level * len(draws)), len(draws) - 1)])


def crossover(
    model: FiniteTemperature, start: Array, end: Array, temperatures: Array, *, least: float, seed: int = 0
) -> Crossover:
    """Follow the best amount along a line of compositions as the temperature rises.

    Parameters
    ----------
    model
        Fitted.
    start, end
        Compositions without and with all of the substitute, shape (d,).
    temperatures
        In K, increasing, shape (t,).
    least
        Share of the line beyond which an amount is counted as finite: the maximum of a curve that is flat at its end
        is never exactly there.
    seed
        Of the posterior draws.
    """
    share = np.linspace(0.0, 1.0, _AMOUNTS)
    X = start + share[:, None] * (end - start)
    curves = model.draw(_DRAWS, np.random.default_rng(seed))
    best = np.stack([share[np.argmax(curves.values(X, float(T)), axis=0)] for T in temperatures])
    is_finite = best > least
    quantiles = np.quantile(best, (0.5, 0.025, 0.975), axis=1).T
    return Crossover(temperatures, is_finite.mean(axis=1), _first_lasting(is_finite, temperatures), quantiles)


def _first_lasting(is_finite: NDArray[np.bool_], temperatures: Array) -> Array:
    lasting = np.flip(np.logical_and.accumulate(np.flip(is_finite, axis=0), axis=0), axis=0)
    first = temperatures[np.argmax(lasting, axis=0)]
    return np.where(lasting.any(axis=0), first, np.nan)
