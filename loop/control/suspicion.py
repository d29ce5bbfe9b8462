"""Whether so many suspicious values among the last ones are still chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import bdtrc


def least_likely(batches: Sequence[tuple[int, int]], share: float, window: int) -> tuple[float, int, int]:
    """Find the stretch of the last values that is hardest to explain by occasional mistakes.

    Parameters
    ----------
    batches
        Of each cycle, the newest last: how many values a slot gave, and how many of these are suspicious.
    share
        Of suspicious values that is nothing unusual.
    window
        How many of the last values are looked at, at most; the newest cycle is always whole.

    Returns
    -------
    tuple of float, int and int
        The least binomial tail P(K ≥ k), K ~ B(m, share), over the stretches of whole cycles up to the newest, with m
        values of which k are suspicious; that k; that m. (1, 0, 0) where nothing is suspicious.

    Notes
    -----
    All lengths are looked at, so that three suspicious values in a row are seen whatever came before (a scan
    statistic; Naus, J. Am. Stat. Assoc. 60, 532 (1965)). The tail is that of one stretch, not of a whole campaign: with
    the defaults (0.05, below 2e-4, 20) and a value a cycle, a pause for nothing comes once in about 5,000 values where
    one in twenty really is a mistake, and practically never where one in a hundred is; a slot of which every value is
    wrong pauses with the third, one of which every second is wrong with about the eighth (simulated in the tests).
    """
    if not batches:
        return 1.0, 0, 0
    lengths, counts = np.cumsum(np.array(batches, dtype=int)[::-1], axis=0).T
    within = (lengths <= window) | (np.arange(lengths.size) == 0)
    lengths, counts = lengths[within], counts[within]
    tails = np.where(counts > 0, bdtrc(np.maximum(counts - 1, 0), lengths, share), 1.0)
    least = int(np.argmin(tails))
    return float(tails[least]), int(counts[least]), int(lengths[least])
