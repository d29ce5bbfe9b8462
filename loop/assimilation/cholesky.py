"""Rank-1 updates of a batch of Cholesky factors."""

from __future__ import annotations

import numpy as np

from loop.assimilation.arrays import Array


def updated(factors: Array, vectors: Array) -> Array:
    """Factors of L Lᵀ + v vᵀ.

    Parameters
    ----------
    factors
        Lower-triangular L (k, P, P).
    vectors
        v (k, P).

    Returns
    -------
    Array
        (k, P, P), by Givens rotations (Golub & Van Loan, Matrix Computations, 6.5.4): O(k P²).
    """
    L, v = factors.copy(), vectors.copy()
    for i in range(L.shape[1]):
        r = np.hypot(L[:, i, i], v[:, i])
        c, s = L[:, i, i] / r, v[:, i] / r
        L[:, i, i] = r
        below = L[:, i + 1 :, i].copy()
        L[:, i + 1 :, i] = c[:, None] * below + s[:, None] * v[:, i + 1 :]
        v[:, i + 1 :] = c[:, None] * v[:, i + 1 :] - s[:, None] * below
    return L
