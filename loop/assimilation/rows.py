"""Rows from outside, checked and sorted into patterns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from loop.assimilation.arrays import Array, Bools, Ints
from loop.assimilation.pattern import BIN, PatternKey
from loop.errors import DataError


@dataclass(frozen=True)
class Rows:
    """A table of targets with its optional uncertainties, classes and weights.

    Parameters
    ----------
    Y
        (n, q), NaN where not observed.
    std
        Known standard uncertainties (n, q), or None.
    noise_class
        Labels (n,), or None.
    weights
        Positive weights (n,), or None.
    """

    Y: Array
    std: Array | None
    noise_class: Any | None
    weights: Array | None

    @classmethod
    def of(cls, n: int, q: int, Y: ArrayLike, Y_std: Any = None, noise_class: Any = None, weights: Any = None) -> Rows:
        """Check shapes and values.

        Raises
        ------
        DataError
            When a shape does not fit, a value is infinite, an uncertainty negative or missing, or a weight
            not positive.
        """
        table = np.asarray(Y, dtype=np.float64)
        table = table[:, None] if table.ndim == 1 and q == 1 else table
        if table.shape != (n, q):
            raise DataError(f"Y has shape {table.shape}, expected ({n}, {q}), NaN = not observed")
        if not np.isfinite(table.sum()) and np.isinf(table).any():
            raise DataError("Y has an infinite value")
        labels = None if noise_class is None else np.asarray(noise_class).astype(str)
        if labels is not None and labels.shape != (n,):
            raise DataError(f"noise_class has shape {labels.shape}, expected ({n},)")
        return cls(table, _known(Y_std, table), labels, _weights(weights, n))

    def patterns(self) -> Iterator[tuple[PatternKey, Ints]]:
        """Yield every pattern present with its rows; rows without any target are left out."""
        q = self.Y.shape[1]
        codes = np.zeros(len(self.Y), dtype=np.intp)
        for j in range(q):
            codes += np.isfinite(self.Y[:, j]).astype(np.intp) << j
        for code in np.flatnonzero(np.bincount(codes, minlength=1)):
            observed = tuple(bool(int(code) >> j & 1) for j in range(q))
            rows = np.flatnonzero(codes == code)
            if code and self.noise_class is None and self.std is None:
                yield PatternKey(observed), rows
            elif code:
                yield from self._refined(observed, rows)

    def _refined(self, observed: tuple[bool, ...], rows: Ints) -> Iterator[tuple[PatternKey, Ints]]:
        labels = np.full(len(rows), "") if self.noise_class is None else self.noise_class[rows]
        bins = np.zeros((len(rows), 0), dtype=np.int64)
        if self.std is not None:
            bins = self._bins(rows, np.array(observed))
        groups: dict[PatternKey, list[int]] = {}
        for row, label, known in zip(rows, labels, bins.tolist(), strict=True):
            groups.setdefault(PatternKey(observed, str(label), tuple(known)), []).append(row)
        for key, members in groups.items():
            yield key, np.array(members)

    def _bins(self, rows: Ints, observed: Bools) -> NDArrayInt:
        std = np.where(observed, self.std[rows], 0.0)  # type: ignore[index]
        if self.noise_class is not None:
            return np.zeros((len(rows), 1), dtype=np.int64)
        logs = np.log(std, out=np.full_like(std, -np.inf), where=std > 0)
        return np.where(std > 0, np.round(logs / BIN), np.iinfo(np.int32).min).astype(np.int64)


NDArrayInt = np.ndarray[Any, np.dtype[np.int64]]


def _known(Y_std: Any, table: Array) -> Array | None:
    if Y_std is None:
        return None
    std = np.broadcast_to(np.asarray(Y_std, dtype=np.float64), table.shape)
    bad = np.isfinite(table) & ~(np.isfinite(std) & (std >= 0))
    if bad.any():
        raise DataError(
            f"Y_std: row {int(np.argwhere(bad)[0, 0])} has no finite, non-negative uncertainty for its value"
        )
    return std


def _weights(weights: Any, n: int) -> Array | None:
    if weights is None:
        return None
    array = np.asarray(weights, dtype=np.float64)
    if array.shape != (n,) or not np.all(np.isfinite(array) & (array > 0)):
        raise DataError(f"weights: expected {n} positive numbers")
    return array
