"""Triangular factors: T with TᵀT = ZᵀZ, without the cancellation of a Gram matrix.

A raw Gram matrix squares the condition (noise/signal 1e-7: variance 47 % high). T holds the residual as its
own small entries, so nothing is subtracted. Long tables take the faster route of a Gram matrix of *residuals
from a pilot regression*, in which nothing cancels either, translated back exactly.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import solve_triangular
from scipy.linalg.lapack import dpotrf

from loop.assimilation.arrays import Array

CHUNK = 8192
"""Rows handled at once, so that a chunk stays in cache."""
WELL_CONDITIONED = 1e-3
"""Smallest share of a column that its predecessors may leave for the Gram route: rounding below 1e-10."""


def reduced(rows: Array) -> Array:
    """Triangular factor of rows (n, c): (min(n, c), c), with a non-negative diagonal."""
    if len(rows) == 0:
        return np.zeros((0, rows.shape[1]))
    factor: Array = np.linalg.qr(rows, mode="r")
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
    p
        Basis functions, the leading columns; the trailing ones are targets.
    width
        All columns.
    """

    def __init__(self, p: int, width: int) -> None:
        self._p, self._width = p, width
        self._exact = np.zeros((0, width))
        self._gram = np.zeros((width, width))
        self._pilot: Array | None = None

    def add(self, columns: Array) -> None:
        """Add rows given as columns (width, n); the array may be overwritten."""
        if columns.shape[1] < 8 * self._width:
            self._exact = stacked(self._exact, reduced(columns.T))
        elif self._pilot is None:
            self._exact = stacked(self._exact, reduced(columns.T))
            self._pilot = pilot(self._exact, self._p)
        else:
            self._add_gram(columns)

    def _add_gram(self, columns: Array) -> None:
        targets = columns[self._p :].copy()
        columns[self._p :] -= self._pilot.T @ columns[: self._p]  # type: ignore[union-attr]
        gram = columns @ columns.T
        if well_conditioned(gram):
            self._gram += gram
        else:
            columns[self._p :] = targets
            self._exact = stacked(self._exact, reduced(columns.T))

    def factor(self) -> Array:
        """Return the factor of everything added."""
        if self._pilot is None or not self._gram.any():
            return self._exact
        factor = np.zeros_like(self._gram)
        kept = np.diagonal(self._gram) > 0
        factor[np.ix_(kept, kept)] = np.linalg.cholesky(self._gram[np.ix_(kept, kept)]).T
        factor[:, self._p :] += factor[:, : self._p] @ self._pilot
        return stacked(self._exact, factor)


def well_conditioned(gram: Array) -> bool:
    """Whether the columns behind a Gram matrix are far from dependent (columns of zeros left aside)."""
    norms = np.sqrt(np.diagonal(gram))
    kept = norms > 0
    scaled = gram[np.ix_(kept, kept)] / np.outer(norms[kept], norms[kept])
    factor, info = dpotrf(scaled, lower=1)
    return bool(info == 0 and np.diagonal(factor).min(initial=1.0) > WELL_CONDITIONED)


def independent(factor: Array) -> Array:
    """Share of each column that its predecessors do not explain, 0 … 1."""
    norms = np.sqrt((factor**2).sum(axis=0))
    diagonal = np.zeros(factor.shape[1])
    diagonal[: len(factor)] = np.abs(np.diagonal(factor))
    return np.divide(diagonal, norms, out=np.zeros_like(diagonal), where=norms > 0)


def solve_upper(factor: Array, rhs: Array) -> Array:
    """Solve T x = b for a square upper-triangular T."""
    return np.asarray(solve_triangular(factor, rhs, check_finite=False))
