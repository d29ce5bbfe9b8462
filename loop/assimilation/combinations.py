"""Rows that observe a linear combination of the targets: value = h·y + noise, y with its residual."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from loop.assimilation.arrays import Array
from loop.assimilation.pattern import BIN, Pattern, PatternKey
from loop.errors import DataError


@dataclass(frozen=True)
class Combinations:
    """Checked rows.

    Parameters
    ----------
    values
        (n,).
    operator
        h (n, q).
    std
        Known standard uncertainties (n,).
    """

    values: Array
    operator: Array
    std: Array

    @classmethod
    def of(cls, X: Array, values: ArrayLike, operator: Array, std: ArrayLike) -> Combinations:
        """Check shapes and values.

        Raises
        ------
        DataError
            When a shape does not fit, or something is not finite or negative.
        """
        n = len(X)
        y, s = (np.asarray(each, dtype=np.float64) for each in (values, std))
        if operator.ndim != 2 or not (len(operator) == len(y) == len(s) == n):
            raise DataError(f"values {y.shape}, operator {operator.shape}, std {s.shape}: expected {n} rows of each")
        if not (np.isfinite(y).all() and np.isfinite(operator).all() and np.all(np.isfinite(s) & (s >= 0))):
            raise DataError("combinations need finite values, finite operators and uncertainties from 0 up")
        return cls(y, operator, s)

    def patterns(self, columns: Array) -> Iterator[Pattern]:
        """Yield one pattern per row that tells anything, given the functions (p, n) at its point."""
        rows = zip(self.values, self.operator, self.std, columns.T, strict=True)
        for value, h, std, phi in rows:
            if not h.any():
                continue
            slot = int(np.argmax(np.abs(h)))
            observed = tuple(j == slot for j in range(len(h)))
            bins = tuple(int(np.round(np.log(std) / BIN)) if seen and std > 0 else 0 for seen in observed)
            key = PatternKey(observed, bins=bins, operator=tuple(h.tolist()))
            added = np.where(observed, std**2, 0.0)
            shortest = value * h / (h @ h)
            yield Pattern(key, 1, 0.0, added, np.concatenate([phi, shortest])[None])
