"""Two settings compared seed by seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

RESAMPLES = 10_000


@dataclass(frozen=True)
class Paired:
    """Differences of one number, the first setting minus the second, over the same seeds.

    Parameters
    ----------
    mean
        Their mean.
    low, high
        Ends of a 95 % interval of the mean: percentiles of its bootstrap over seeds. NaN for one seed.
    lower, equal, higher
        Seeds on which the first is lower than the second, equal, higher.
    p
        Two-sided sign test: probability of a split at least as uneven if either were lower as often as the other;
        equal pairs are left out.
    """

    mean: float
    low: float
    high: float
    lower: int
    equal: int
    higher: int
    p: float

    @classmethod
    def of(cls, first: Sequence[float], second: Sequence[float]) -> Paired:
        """Compare two rows of numbers, one a seed.

        Raises
        ------
        ValueError
            Where they are not equally many, or none.
        """
        from scipy.stats import binomtest  # a second to import, for those who only look at a campaign as well

        if len(first) != len(second) or len(first) == 0:
            raise ValueError(f"{len(first)} and {len(second)} numbers: expected equally many, at least one")
        difference = np.asarray(first, dtype=float) - np.asarray(second, dtype=float)
        lower, higher = int(np.sum(difference < 0)), int(np.sum(difference > 0))
        low, high = _interval(difference)
        split = lower + higher
        p = float(binomtest(lower, split).pvalue) if split else 1.0
        return cls(float(difference.mean()), low, high, lower, len(difference) - split, higher, p)


def _interval(difference: np.ndarray) -> tuple[float, float]:
    if len(difference) < 2:
        return float("nan"), float("nan")
    # Of its own generator: the interval of the same differences is always the same.
    rows = np.random.default_rng(0).integers(len(difference), size=(RESAMPLES, len(difference)))
    low, high = np.percentile(difference[rows].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)
