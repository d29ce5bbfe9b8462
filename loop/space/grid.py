"""All points of a stepped space, a chunk at a time."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from loop.space.polytope import Polytope
from loop.space.space import Space

CHUNK = 2**15
_SLACK = 1e-6


def grid(space: Space, *, levels: int = 11, chunk: int = CHUNK) -> Iterator[np.ndarray]:
    """Stream every allowed point, each once; memory is bounded by the chunk, whatever the number of points.

    The variables are filled in one after the other; what can satisfy no linear constraint any more is left out at once,
    so that the product of all steps is never visited.

    Parameters
    ----------
    space
        The design space.
    levels
        Values of a variable that has no steps, evenly between its bounds.
    chunk
        About how many points come at a time.

    Yields
    ------
    np.ndarray
        Shape (n, d), n > 0.
    """
    axes = [variable.levels(levels) for variable in space.variables]
    limits = _Limits(space)
    stack = [np.empty((1, 0))]
    while stack:
        block = stack.pop()
        done = block.shape[1]
        if done == len(axes):
            points = block[space.allows(block)]
            if len(points):
                yield points
            continue
        rows = max(1, chunk // len(axes[done]))
        if len(block) > rows:
            stack += [block[start : start + rows] for start in range(0, len(block), rows)][::-1]
            continue
        longer = np.column_stack([np.repeat(block, len(axes[done]), axis=0), np.tile(axes[done], len(block))])
        stack.append(longer[limits.reachable(longer)])


def grid_size(space: Space) -> float:
    """Number of points of the unconstrained grid; infinite where a variable has no steps."""
    counts = [float(variable.count) or np.inf for variable in space.variables]
    return float(np.prod(counts))


class _Limits:
    """What the first variables leave possible: every linear constraint with the best values of the others."""

    def __init__(self, space: Space) -> None:
        shape = Polytope.of(space)
        self._A = np.vstack([shape.A, shape.E, -shape.E])
        self._b = np.concatenate([shape.b, shape.e, -shape.e])
        least = np.minimum(self._A * shape.bounds[:, 0], self._A * shape.bounds[:, 1])
        self._rest = np.cumsum(least[:, ::-1], axis=1)[:, ::-1]

    def reachable(self, block: np.ndarray) -> np.ndarray:
        """Which of the beginnings (n, k) of points can be completed, (n,), as far as each constraint alone tells."""
        k = block.shape[1]
        rest = self._rest[:, k] if k < self._A.shape[1] else 0.0
        slack = _SLACK * np.maximum(1.0, np.abs(self._b))
        return np.asarray((block @ self._A[:, :k].T + rest <= self._b + slack).all(axis=1))
