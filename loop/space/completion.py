"""From rough points to points that can be asked for: steps, zeros and exact sums."""

from __future__ import annotations

import numpy as np

from loop.space.polytope import Polytope
from loop.space.space import Space

_DIGITS = 12


class Completion:
    """Moves points onto steps, sums and zeros of a space.

    Parameters
    ----------
    space
        The design space.
    zeros
        Columns of variables that are to be zero.
    """

    def __init__(self, space: Space, zeros: tuple[int, ...] = ()) -> None:
        self._space = space
        self._shape = Polytope.of(space, zeros)
        stepped = np.array([variable.step is not None for variable in space.variables])
        self.pivots = self._shape.pivots(~stepped)
        self._free = [column for column in range(len(stepped)) if column not in self.pivots]
        E = self._shape.E
        self._inverse = np.linalg.pinv(E[:, self.pivots]) if self.pivots else np.empty((0, len(E)))

    def snap(self, X: np.ndarray) -> np.ndarray:
        """Nearest steps of the free variables; what equalities determine follows exactly. (n, d) to (n, d).

        Where the determined variables miss their own steps, or anything else is violated, the point is not allowed:
        ask :meth:`Space.allows`.
        """
        out = np.array(X, dtype=float)
        for column in self._free:
            out[:, column] = self._space.variables[column].snapped(out[:, column])
        if self.pivots:
            left = self._shape.e - out[:, self._free] @ self._shape.E[:, self._free].T
            out[:, self.pivots] = left @ self._inverse.T
        for column, variable in enumerate(self._space.variables):
            onto = variable.snapped(out[:, column])
            near = np.abs(onto - out[:, column]) <= 1e-6 * (variable.step or 1e-6 * (variable.high - variable.low))
            out[:, column] = np.where(near, onto, out[:, column])
        return np.asarray(np.round(out, _DIGITS) + 0.0)
