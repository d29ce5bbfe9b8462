"""Products of one-dimensional functions over several descriptors."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np

from loop.assimilation.arrays import Array

Index = tuple[int, ...]


def full_grid(sizes: Sequence[int]) -> tuple[Index, ...]:
    """All multi-indices below ``sizes``, row-major, the zero first."""
    return tuple(product(*(range(size) for size in sizes)))


def total_degree(dim: int, degree: int) -> tuple[Index, ...]:
    """All multi-indices of total order at most ``degree``, by order and then reverse lexicographic."""
    indices = (index for index in product(range(degree + 1), repeat=dim) if sum(index) <= degree)
    return tuple(sorted(indices, key=lambda index: (sum(index), tuple(-k for k in index))))


def join(factors: Sequence[str]) -> str:
    """Name a product: the factors that are not "1", joined by "*"."""
    return "*".join(factor for factor in factors if factor != "1") or "1"


def outer_columns(tables: Sequence[Array], indices: Sequence[Index]) -> Array:
    """Multiply rows of one-dimensional tables.

    Parameters
    ----------
    tables
        One (k_i, n) per descriptor.
    indices
        Rows to multiply, one multi-index per function.

    Returns
    -------
    Array
        (p, n).
    """
    columns = np.empty((len(indices), tables[0].shape[1]))
    for row, index in zip(columns, indices, strict=True):
        row[:] = tables[0][index[0]]
        for table, k in zip(tables[1:], index[1:], strict=True):
            row *= table[k]
    return columns
