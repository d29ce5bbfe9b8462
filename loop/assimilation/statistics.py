"""Sufficient statistics of all rows: what the past leaves behind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loop.assimilation.arrays import Array, Ints, points
from loop.assimilation.basis import Basis
from loop.assimilation.combinations import Combinations
from loop.assimilation.pattern import Pattern, PatternKey
from loop.assimilation.rows import Rows
from loop.assimilation.triangular import CHUNK, Streamed
from loop.errors import DataError


@dataclass(frozen=True)
class Statistics:
    """One triangular factor per pattern; O((p+q)²) memory whatever the number of rows (method.md, 2).

    Statistics of two histories add: ``a + b`` equals the statistics of all rows to rounding, in any order.

    Parameters
    ----------
    p, q
        Numbers of basis functions and of targets.
    patterns
        Sorted by key.
    """

    p: int
    q: int
    patterns: tuple[Pattern, ...] = ()

    @property
    def count(self) -> int:
        """Number of rows."""
        return sum(pattern.count for pattern in self.patterns)

    @property
    def counts(self) -> Ints:
        """Rows that observed each target (q,)."""
        counts = [np.multiply(pattern.key.observed, pattern.count) for pattern in self.patterns]
        return np.sum(counts, axis=0, dtype=np.intp) if counts else np.zeros(self.q, dtype=np.intp)

    def __add__(self, other: Statistics) -> Statistics:
        """Merge two histories."""
        if (self.p, self.q) != (other.p, other.q):
            raise DataError(f"statistics of sizes {(self.p, self.q)} and {(other.p, other.q)} cannot be merged")
        merged = {pattern.key: pattern for pattern in self.patterns}
        for pattern in other.patterns:
            merged[pattern.key] = merged[pattern.key] + pattern if pattern.key in merged else pattern
        return Statistics(self.p, self.q, tuple(merged[key] for key in sorted(merged)))

    @classmethod
    def of(
        cls,
        basis: Basis,
        q: int,
        X: ArrayLike,
        Y: ArrayLike,
        Y_std: Any = None,
        noise_class: Any = None,
        weights: Any = None,
        offsets: ArrayLike | None = None,
    ) -> Statistics:
        """Sum up rows.

        Parameters
        ----------
        basis
            The p functions.
        q
            Number of targets.
        X, Y
            Points (n, d) and targets (n, q), NaN = not observed.
        Y_std
            Known standard uncertainties, broadcast to (n, q): added variances. Rows pool when they agree
            within 5 %, at their mean variance: exact for distinct values further apart than that, else an
            approximation.
        noise_class
            Labels (n,). With ``Y_std``: rows of a class pool at the mean of their known variances (instead of
            bins). Without: every class has its own unknown factor on the residual standard deviations.
        weights
            (n,): a row's whole residual covariance is divided by its weight. Pools exactly.
        offsets
            Values (n, e) of the last e functions of the basis, which the points do not tell (see
            :class:`~loop.assimilation.offsets.OffsetBasis`).

        Raises
        ------
        DataError
            When shapes or values do not fit.
        """
        matrix = points(X, basis.dim)
        rows = Rows.of(len(matrix), q, Y, Y_std, noise_class, weights)
        beside = _beside(offsets, len(matrix))
        found = [_pattern(basis, matrix, beside, rows, key, members) for key, members in rows.patterns()]
        return cls(basis.size, q, tuple(sorted(found, key=lambda pattern: pattern.key)))

    @classmethod
    def of_combinations(
        cls, basis: Basis, X: ArrayLike, values: ArrayLike, operator: ArrayLike, std: ArrayLike,
        offsets: ArrayLike | None = None,
    ) -> Statistics:  # fmt: skip
        """Sum up rows that observe one linear combination of the targets each: value = h·y + noise.

        Every row is a pattern of its own, so cost and memory grow with their number.

        Parameters
        ----------
        basis
            The p functions.
        X
            Points (n, d).
        values
            (n,).
        operator
            h (n, q); a row of zeros tells nothing and is left out.
        std
            Known standard uncertainties (n,), 0 for none, of the values.
        offsets
            As for :meth:`of`.

        Raises
        ------
        DataError
            When shapes or values do not fit.
        """
        matrix, h = points(X, basis.dim), np.asarray(operator, dtype=np.float64)
        found = Combinations.of(matrix, values, h, std)
        columns = np.array(basis.columns(matrix))
        _write(columns, _beside(offsets, len(matrix)))
        merged: dict[PatternKey, Pattern] = {}
        for pattern in found.patterns(columns):
            merged[pattern.key] = merged[pattern.key] + pattern if pattern.key in merged else pattern
        return cls(basis.size, h.shape[1], tuple(merged[key] for key in sorted(merged)))

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return plain arrays, one leading axis over patterns, for HDF5 or any other container."""
        m, width = len(self.patterns), self.p + self.q
        factors = np.zeros((m, width, width))
        for padded, pattern in zip(factors, self.patterns, strict=True):
            padded[: len(pattern.factor)] = pattern.factor
        return {
            "size": np.array([self.p, self.q]),
            "observed": np.array([x.key.observed for x in self.patterns], dtype=bool).reshape(m, self.q),
            "noise_class": _utf8([x.key.noise_class for x in self.patterns]),
            "bins": _padded([x.key.bins for x in self.patterns], self.q),
            "bin_count": np.array([len(x.key.bins) for x in self.patterns], dtype=np.int64),
            "count": np.array([x.count for x in self.patterns], dtype=np.int64),
            "log_weight": np.array([x.log_weight for x in self.patterns], dtype=np.float64),
            "added": np.array([x.added for x in self.patterns], dtype=np.float64).reshape(m, self.q),
            "rows": np.array([len(x.factor) for x in self.patterns], dtype=np.int64),
            "factor": factors,
            **self._operators(),
        }

    def _operators(self) -> dict[str, NDArray[Any]]:
        """Return the combinations, as rows of NaN where a pattern has none; nothing where none has."""
        if not any(x.key.operator for x in self.patterns):
            return {}
        return {"operator": np.array([x.key.operator or (np.nan,) * self.q for x in self.patterns])}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Statistics:
        """Rebuild from :meth:`to_arrays`, bit for bit; :class:`~loop.assimilation.kept.KeptRows` as what they are."""
        if "kept_value" in arrays and cls is Statistics:
            from loop.assimilation.kept import KeptRows

            return KeptRows.from_arrays(arrays)
        p, q = (int(size) for size in arrays["size"])
        patterns = [_from_arrays(arrays, i) for i in range(len(arrays["count"]))]
        return cls(p, q, tuple(patterns))


def _from_arrays(arrays: Mapping[str, NDArray[Any]], i: int) -> Pattern:
    bins = tuple(int(b) for b in arrays["bins"][i][: int(arrays["bin_count"][i])])
    observed = tuple(bool(o) for o in arrays["observed"][i])
    combined = "operator" in arrays and bool(np.isfinite(arrays["operator"][i]).all())
    operator = tuple(arrays["operator"][i].tolist()) if combined else ()
    key = PatternKey(observed, bytes(arrays["noise_class"][i]).rstrip(b"\0").decode(), bins, operator)
    factor = np.array(arrays["factor"][i][: int(arrays["rows"][i])])
    added = np.array(arrays["added"][i])
    return Pattern(key, int(arrays["count"][i]), float(arrays["log_weight"][i]), added, factor)


def _utf8(texts: list[str]) -> NDArray[np.uint8]:
    """Texts as rows of UTF-8 bytes padded with zeros: plain numbers, which any container keeps."""
    rows = [text.encode() for text in texts]
    padded = np.zeros((len(rows), max(map(len, rows), default=0)), dtype=np.uint8)
    for row, text in zip(padded, rows, strict=True):
        row[: len(text)] = np.frombuffer(text, dtype=np.uint8)
    return padded


def _padded(bins: list[tuple[int, ...]], q: int) -> NDArray[np.int64]:
    padded = np.zeros((len(bins), q), dtype=np.int64)
    for row, known in zip(padded, bins, strict=True):
        row[: len(known)] = known
    return padded


def _beside(offsets: ArrayLike | None, n: int) -> Array:
    beside = np.zeros((n, 0)) if offsets is None else np.asarray(offsets, dtype=np.float64)
    if beside.ndim != 2 or len(beside) != n or not np.isfinite(beside).all():
        raise DataError(f"offsets have shape {beside.shape}, expected finite values ({n}, e)")
    return beside


def _write(columns: Array, beside: Array) -> None:
    """Put values (n, e) into the last rows of columns (p, n)."""
    if beside.shape[1]:
        columns[-beside.shape[1] :] = beside.T


def _pattern(basis: Basis, X: Array, beside: Array, rows: Rows, key: PatternKey, members: Ints) -> Pattern:
    observed = np.array(key.observed)
    root = None if rows.weights is None else np.sqrt(rows.weights)
    stream = Streamed(basis.size, len(observed))
    for start in range(0, len(members), CHUNK):
        part = members[start : start + CHUNK]
        columns, targets = basis.columns(X[part]), np.where(observed, rows.Y[part], 0.0).T
        _write(columns, beside[part])
        if root is not None:
            columns, targets = columns * root[part], targets * root[part]
        stream.add(columns, targets)
    added = np.zeros(len(observed))
    if rows.std is not None:
        added = np.where(observed, rows.std[members] ** 2, 0.0).sum(axis=0)
    log_weight = 0.0 if root is None else 2.0 * float(np.log(root[members]).sum())
    return Pattern(key, len(members), log_weight, added, stream.factor())
