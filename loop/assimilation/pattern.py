"""Rows that observed the same targets with the same noise, summed up."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from loop.assimilation.arrays import Array
from loop.assimilation.triangular import stacked
from loop.errors import DataError

BIN = float(np.log(1.05))
"""Width of a bin of log known uncertainty: rows in a bin differ by at most 5 %."""


@dataclass(frozen=True, order=True)
class PatternKey:
    """What rows must share to be pooled.

    Parameters
    ----------
    observed
        Which targets were observed.
    noise_class
        The caller's class, "" for none.
    bins
        Bin of the known standard uncertainty per target, empty when none is known.
    operator
        (q,), the combination h of the targets that was observed instead of the one target marked in ``observed``;
        empty when targets were observed themselves.
    """

    observed: tuple[bool, ...]
    noise_class: str = ""
    bins: tuple[int, ...] = ()
    operator: tuple[float, ...] = ()


@dataclass(frozen=True)
class Pattern:
    """Sufficient statistics of the rows of one pattern, O((p+q)²) whatever their number.

    Parameters
    ----------
    key
        What the rows share.
    count
        Number of rows n.
    log_weight
        Sum of the log weights of the rows.
    added
        Sum over rows of the known variance per target (q,), in squared target units.
    factor
        Triangular T (r, p + q), TᵀT = Σ w z zᵀ, z = (φ(x), y); columns of missing targets are zero. A value v of a
        combination h·y stands as the shortest y that has it, v·h/|h|².
    """

    key: PatternKey
    count: int
    log_weight: float
    added: Array
    factor: Array

    def __add__(self, other: Pattern) -> Pattern:
        """Pool two sets of rows of the same pattern."""
        if self.key != other.key:
            raise DataError(f"patterns {self.key} and {other.key} cannot be pooled")
        return replace(
            self,
            count=self.count + other.count,
            log_weight=self.log_weight + other.log_weight,
            added=self.added + other.added,
            factor=stacked(self.factor, other.factor),
        )
