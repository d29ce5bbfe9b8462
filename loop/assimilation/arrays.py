"""The array type of the engine, and how outside data become it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from loop.errors import DataError

Array = NDArray[np.float64]
Ints = NDArray[np.intp]
Bools = NDArray[np.bool_]
Generator = np.random.Generator


def points(X: ArrayLike, dim: int) -> Array:
    """Descriptors as a float64 matrix.

    Parameters
    ----------
    X
        Points (n, dim); a vector is accepted when ``dim`` is 1.
    dim
        Number of descriptors expected.

    Returns
    -------
    Array
        (n, dim), finite.

    Raises
    ------
    DataError
        On a wrong shape or a value that is not finite.
    """
    matrix = np.asarray(X, dtype=np.float64)
    if matrix.ndim == 1 and dim == 1:
        matrix = matrix[:, None]
    if matrix.ndim != 2 or matrix.shape[1] != dim:
        raise DataError(f"X has shape {matrix.shape}, expected (n, {dim})")
    if not np.isfinite(matrix.sum()) and not np.isfinite(matrix).all():
        raise DataError(f"X has a value that is not finite in row {int(np.argmin(np.isfinite(matrix).all(1)))}")
    return matrix


def generator(random_state: Any) -> Generator:
    """Return ``random_state`` itself when it is a generator, else a new one seeded by it."""
    return random_state if isinstance(random_state, Generator) else np.random.default_rng(random_state)


def segments(lengths: Sequence[int], start: int = 0) -> tuple[slice, ...]:
    """Slices of consecutive segments of these lengths."""
    stops = np.cumsum([start, *lengths]).tolist()
    return tuple(slice(a, b) for a, b in pairwise(stops))


def gathered(parts: Sequence[Array], rows: Sequence[Ints]) -> Array:
    """Take rows of several arrays and put them behind each other in one copy."""
    out = np.empty((sum(len(own) for own in rows), *parts[0].shape[1:]))
    for part, own, where in zip(parts, rows, segments([len(own) for own in rows]), strict=True):
        np.take(part, own, axis=0, out=out[where], mode="clip")
    return out
