"""Mean and band of many searches, as in the source's figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loop.assimilation.arrays import Array


@dataclass(frozen=True)
class Band:
    """Mean, and the mean upper and the mean lower deviation from it, taken separately (method.md 6).

    Parameters
    ----------
    mean, lower, upper
        (t,), one value per iteration; the band reaches from mean − lower to mean + upper.
    """

    mean: Array
    lower: Array
    upper: Array

    @classmethod
    def of(cls, courses: Sequence[Sequence[float]]) -> Band:
        """Summarize courses of equal length.

        Raises
        ------
        ValueError
            Where their lengths differ.
        """
        values = np.array(courses, dtype=float)
        mean = np.asarray(values.mean(axis=0))
        away = values - mean
        above, below = away > 0, away < 0
        upper = np.where(above, away, 0.0).sum(axis=0) / np.maximum(above.sum(axis=0), 1)
        lower = -np.where(below, away, 0.0).sum(axis=0) / np.maximum(below.sum(axis=0), 1)
        return cls(mean, np.asarray(lower), np.asarray(upper))
