"""The linear part of a design space: bounds, occupancies and linear constraints as matrices."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import qr

from loop.space.constraint import Linear
from loop.space.space import Space

_RANK = 1e-9


@dataclass(frozen=True)
class Polytope:
    """``A x <= b``, ``E x = e``, ``low <= x <= high``.

    Parameters
    ----------
    A, b
        Inequalities, (m, d) and (m,).
    E, e
        Equalities, (k, d) and (k,).
    bounds
        Lower and upper bound of each variable, (d, 2).
    """

    A: np.ndarray
    b: np.ndarray
    E: np.ndarray
    e: np.ndarray
    bounds: np.ndarray

    @classmethod
    def of(cls, space: Space, zeros: tuple[int, ...] = ()) -> Polytope:
        """Collect what is linear in a space; steps, forbidden regions and cardinality are not.

        Parameters
        ----------
        space
            The design space.
        zeros
            Columns of variables that are to be zero besides.
        """
        linear = [each for each in space.constraints if isinstance(each, Linear)]
        rows = [(each.coefficients, each.bound) for each in linear if not each.is_equality]
        for site in space.formula.sites if space.formula is not None else ():
            slope = site.occupancy.vector(space.names)
            if slope.any():
                rows += [(tuple((-slope).tolist()), site.occupancy.constant)]
                rows += [(tuple(slope.tolist()), 1.0 - site.occupancy.constant)]
        equal = [(each.coefficients, each.bound) for each in linear if each.is_equality]
        equal += [(tuple(np.eye(len(space.names))[column].tolist()), 0.0) for column in zeros]
        return cls(*_matrices(rows, len(space.names)), *_matrices(equal, len(space.names)), space.bounds)

    def box(self) -> np.ndarray | None:
        """Smallest box around it, (d, 2); None where it is empty."""
        corners = [self._extreme(sign * row) for row in np.eye(len(self.bounds)) for sign in (1.0, -1.0)]
        if any(corner is None for corner in corners):
            return None
        points = np.array(corners)
        return np.column_stack([points.min(axis=0), points.max(axis=0)])

    def centre(self) -> np.ndarray | None:
        """A point far from all inequalities, (d,); None where it is empty."""
        low, high = self.bounds.T
        A = np.vstack([self.A, np.eye(len(low)), -np.eye(len(low))])
        b = np.concatenate([self.b, high, -low])
        scale = np.abs(A @ np.diag(high - low)).sum(axis=1)
        return self._solved(
            np.append(np.zeros(len(low)), -1.0),
            np.column_stack([A, scale]), b,
            np.column_stack([self.E, np.zeros(len(self.E))]),
            [*map(tuple, self.bounds), (0.0, None)],
        )  # fmt: skip

    def pivots(self, preferred: np.ndarray) -> list[int]:
        """Columns that the equalities determine once all others are given; those preferred (d,) where possible."""
        if not len(self.E):
            return []
        weights = np.where(preferred, 1e3, 1.0) * (self.bounds[:, 1] - self.bounds[:, 0])
        _, triangle, order = qr(self.E * weights, mode="economic", pivoting=True)
        diagonal = np.abs(np.diag(triangle))
        rank = int((diagonal > _RANK * max(float(diagonal[0]), 1e-300)).sum())
        return sorted(order[:rank].tolist())

    def _extreme(self, direction: np.ndarray) -> np.ndarray | None:
        return self._solved(direction, self.A, self.b, self.E, [*map(tuple, self.bounds)])

    def _solved(
        self, c: np.ndarray, A: np.ndarray, b: np.ndarray, E: np.ndarray, bounds: list[tuple[float, float | None]]
    ) -> np.ndarray | None:
        from scipy.optimize import linprog  # half a second to import: most cycles need none of it

        found = linprog(
            c, A_ub=A if len(A) else None, b_ub=b if len(b) else None,
            A_eq=E if len(E) else None, b_eq=self.e if len(E) else None, bounds=bounds,
        )  # fmt: skip
        return np.asarray(found.x)[: len(self.bounds)] if found.success else None


def _matrices(rows: list[tuple[tuple[float, ...], float]], dim: int) -> tuple[np.ndarray, np.ndarray]:
    return np.array([row for row, _ in rows], dtype=float).reshape(-1, dim), np.array([bound for _, bound in rows])
