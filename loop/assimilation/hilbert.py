"""The Hilbert-space Gaussian process: eigenfunctions of the Laplacian with a spectral prior."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from loop.assimilation.arrays import Array, Ints
from loop.assimilation.basis import Basis
from loop.assimilation.box import Box
from loop.assimilation.naming import variable_names
from loop.assimilation.sine import sines
from loop.assimilation.spectral import RESOLUTION, SpectralShape
from loop.assimilation.tensor import full_grid, join, outer_columns
from loop.errors import CampaignError, DataError

MOST_TENSOR = 3
"""Descriptors beyond which a total-degree rule replaces the full tensor product."""


class HilbertSpaceBasis(Basis):
    """A nonparametric prior at the cost of p functions (Solin & Särkkä, Stat. Comput. 30, 419 (2020)).

    The functions are Dirichlet eigenfunctions of the Laplacian on a box ``margin`` times the given one, plus
    a separate constant, because they vanish at the edges. Length scale and amplitude are learned for every
    target with such a prior; for d ≤ 3 all m^d products are kept, beyond that those with k₁ + k₂ + … ≤ m + d
    − 1. A discrepancy that is active on all functions leaves C to its prior.

    Parameters
    ----------
    dim
        Number of descriptors.
    m
        Functions per descriptor.
    bounds
        (dim, 2); frozen: points outside are refused.
    kernel
        "matern12", "matern32", "matern52" or "rbf".
    margin
        Side of the eigenfunctions' box over the given one. Length scales below about
        2.65 · margin / m half sides cannot be resolved (matern52) and are excluded by the prior.
    variables
        Names of the descriptors; None is x0, x1, …
    """

    def __init__(
        self,
        dim: int,
        m: int,
        bounds: ArrayLike | None,
        kernel: str = "matern52",
        margin: float = 2.0,
        variables: Sequence[str] | None = None,
    ) -> None:
        if m < 2 or margin <= 1.0:
            raise CampaignError(f"m = {m}, margin = {margin}: expected m ≥ 2 and a margin above 1")
        self.dim, self.m, self.kernel, self.margin = dim, m, kernel, float(margin)
        self.box = Box.of(dim, bounds)
        self.variables = variable_names(dim, variables)
        highest = dim * m if dim <= MOST_TENSOR else m + dim - 1
        grid = (tuple(k + 1 for k in index) for index in full_grid((m,) * dim))
        self._indices = tuple(index for index in grid if sum(index) <= highest)
        self.orders = (0, *(sum(index) for index in self._indices))
        self.names = ("1", *(self._name(index) for index in self._indices))
        self.shape(np.arange(1))

    def columns(self, X: Array) -> Array:
        """Evaluate function-major: points (n, d) to (p, n).

        Raises
        ------
        DataError
            When a point lies outside the box.
        """
        unit = self.box.unit(X)
        if unit.size and not (np.min(unit) >= -1e-9 and np.max(unit) <= 1.0 + 1e-9):
            row = int(np.flatnonzero(((unit < -1e-9) | (unit > 1.0 + 1e-9)).any(axis=0))[0])
            raise DataError(f"X row {row} lies outside the box {self.box.lower} … {self.box.upper}")
        tables = [self._table(u) for u in unit]
        columns = np.ones((self.size, X.shape[0]))
        columns[1:] = outer_columns(tables, self._indices)
        return columns

    def shape(self, active: Ints) -> SpectralShape:
        """Return the spectral density at the frequencies of the active functions."""
        indices = np.array([(0,) * self.dim, *self._indices])[active]
        frequencies = 0.5 * np.pi / self.margin * np.sqrt((indices**2).sum(axis=1))
        shortest = RESOLUTION.get(self.kernel, 0.0) * self.margin / self.m
        return SpectralShape(frequencies, self.dim, self.kernel, shortest)

    def _table(self, u: Array) -> Array:
        t = 2.0 * u - 1.0
        angle = 0.5 * np.pi * (t + self.margin) / self.margin
        return np.asarray(sines(angle, self.m + 1) / np.sqrt(self.margin))

    def _name(self, index: tuple[int, ...]) -> str:
        return join([f"h{k}({v})" for v, k in zip(self.variables, index, strict=True)])
