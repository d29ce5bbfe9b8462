"""Triangular factors: T with TᵀT = ZᵀZ, without the cancellation of a Gram matrix.

A raw Gram matrix squares the condition (noise/signal 1e-7: variance 47 % high). T holds the residual as its
own small entries, so nothing is subtracted. Long tables take the faster route of a Gram matrix of *residuals
from a pilot regression*, in which nothing cancels either, translated back exactly.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg.lapack import dpotrf

from loop.assimilation.arrays import Array

CHUNK = 4096
"""Rows handled at once, so that a chunk stays in cache."""
WELL_CONDITIONED = 1e-3
"""Smallest share of a column that its predecessors may leave for the Gram route: rounding below 1e-10."""


def reduced(rows: Array) -> Array:
    """Triangular factor of rows (n, c): (min(n, c), c), with a non-negative diagonal."""
    if len(rows) == 0:
        return np.zeros((0, rows.shape[1]))
    factor = np.asarray(np.linalg.qr(rows, mode="r"))
    signs = np.where(np.diagonal(factor) < 0, -1.0, 1.0)
    return np.asarray(factor * signs[:, None])


def stacked(first: Array, second: Array) -> Array:
    """Factor of the union of two sets of rows given by their factors."""
    if not len(first) or not len(second):
        return first if len(first) else second
    return reduced(np.concatenate([first, second]))


def pilot(factor: Array, p: int) -> Array:
    """Least-squares coefficients (p, c − p) of the trailing columns on the first p."""
    return np.asarray(np.linalg.lstsq(factor[:, :p], factor[:, p:], rcond=1e-12)[0])


class Streamed:
    """Accumulates function-major chunks of one pattern into a triangular factor.

    Parameters
    ----------
    p, q
        Basis functions, the leading columns, and targets, the trailing ones.
    """

    def __init__(self, p: int, q: int) -> None:
        self._p, self._width = p, p + q
        self._exact = np.zeros((0, p + q))
        self._gram = np.zeros((p + q, p + q))
        self._pilot: Array | None = None

    def add(self, columns: Array, targets: Array) -> None:
        """Add rows given as columns (p, n) and targets (q, n)."""
        first = 8 * self._width
        if columns.shape[1] < first:
            self._add_exact(columns, targets)
            return
        if self._pilot is None:
            self._add_exact(columns[:, :first], targets[:, :first])
            self._pilot = pilot(self._exact, self._p)
            columns, targets = columns[:, first:], targets[:, first:]
        gram = self._residual_gram(columns, targets)
        if well_conditioned(gram):
            self._gram += gram
        else:
            self._add_exact(columns, targets)

    def factor(self) -> Array:
        """Return the factor of everything added."""
        if self._pilot is None or not self._gram.any():
            return self._exact
        factor = np.zeros_like(self._gram)
        kept = np.diagonal(self._gram) > 0
        factor[np.ix_(kept, kept)] = np.linalg.cholesky(self._gram[np.ix_(kept, kept)]).T
        factor[:, self._p :] += factor[:, : self._p] @ self._pilot
        return stacked(self._exact, factor)

    def _add_exact(self, columns: Array, targets: Array) -> None:
        rows = np.concatenate([columns, targets]).T
        self._exact = stacked(self._exact, reduced(rows))

    def _residual_gram(self, columns: Array, targets: Array) -> Array:
        p = self._p
        residual = targets - np.asarray(self._pilot).T @ columns
        gram = np.empty_like(self._gram)
        gram[:p, :p] = columns @ columns.T
        gram[:p, p:] = columns @ residual.T
        gram[p:, :p] = gram[:p, p:].T
        gram[p:, p:] = residual @ residual.T
        return gram


def well_conditioned(gram: Array) -> bool:
    """Whether the columns behind a Gram matrix are far from dependent (columns of zeros left aside)."""
    diagonal = np.diagonal(gram)
    kept = diagonal > 0
    if not kept.all():
        gram, diagonal = gram[np.ix_(kept, kept)], diagonal[kept]
    factor, info = dpotrf(gram, lower=1)
    share = np.diagonal(factor) ** 2 / diagonal
    return bool(info == 0 and np.min(share, initial=1.0) > WELL_CONDITIONED**2)
