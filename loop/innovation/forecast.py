"""What a model says of values before, or without, having seen them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from loop.innovation.reading import Reading

Array = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Forecast:
    """What some readings should be.

    Parameters
    ----------
    mean, deviation
        Of the value without the scatter of a single measurement, shape (n,).
    scatter
        Standard deviation of one measurement about it, shape (n,); stated uncertainties come on top.
    """

    mean: Array
    deviation: Array
    scatter: Array


class Forecaster(Protocol):
    """A fitted model that can be asked about readings."""

    def __call__(self, readings: Sequence[Reading]) -> Forecast:
        """Foretell readings, each by itself."""


Learn = Callable[[Sequence[Reading]], Forecaster]
"""Fits a model to readings; raises :class:`~loop.errors.EstimationError` where they determine none."""
