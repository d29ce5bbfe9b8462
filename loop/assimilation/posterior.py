"""The posterior as a mixture over θ of Gaussian coefficients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.linalg.lapack import dtrtrs

from loop.assimilation.arrays import Array, Generator, Ints, points, segments
from loop.assimilation.basis import Basis
from loop.assimilation.cholesky import updated
from loop.assimilation.collapsed import Collapsed
from loop.assimilation.quantiles import mixture_quantiles
from loop.assimilation.scaling import Scaling
from loop.assimilation.structure import Structure

QUANTILE_CHUNK = 2048
"""Points handled at once when inverting distribution functions."""


@dataclass(frozen=True)
class Posterior:
    """k Gaussian components of all coefficients β, one per node of θ.

    The noise-free mean of a target is h(x)·β + centre with h(x) = (L_tj φ_A(j)(x))_j; given θ it is Gaussian.

    Parameters
    ----------
    basis, structure, scaling
        What the coefficients mean.
    active
        Active functions of every target.
    theta
        Nodes (k, size), scaled units.
    weights
        (k,), normalized.
    lift, variance
        L (k, q, q) and residual variances V (k, q), scaled units.
    coefficients
        Means of β (k, P), scaled units.
    factor
        Lower Cholesky factors (k, P, P) of the precision of β, scaled units.
    """

    basis: Basis
    structure: Structure
    scaling: Scaling
    active: tuple[Ints, ...]
    theta: Array
    weights: Array
    lift: Array
    variance_: Array
    coefficients: Array
    factor: Array
    _cache: dict[tuple[str, int], Any] = field(default_factory=dict, repr=False, compare=False)

    def mean(self, X: ArrayLike, target: str | int) -> Array:
        """Component means (k, n) of the noise-free target at points (n, d), target units."""
        return self._mean_columns(self.basis.columns(points(X, self.basis.dim)), self.structure.index(target))

    def variance(self, X: ArrayLike, target: str | int) -> Array:
        """Component variances (k, n) of the noise-free target, squared target units."""
        return self._variance_columns(self.basis.columns(points(X, self.basis.dim)), self.structure.index(target))

    def noise(self, target: str | int) -> Array:
        """Component residual variances (k,) of one noisy value of the target, squared target units."""
        t = self.structure.index(target)
        return np.asarray((self.lift[:, t] ** 2 * self.variance_).sum(axis=1) * self.scaling.unit[t] ** 2)

    def rows(self, X: ArrayLike, target: str | int) -> Array:
        """h(x) (k, n, P) with mean = centre + unit · h·β, scaled units. Memory k·n·P: for few points."""
        return self.rows_of(self.basis.columns(points(X, self.basis.dim)), target)

    def rows_of(self, columns: Array, target: str | int) -> Array:
        """H (k, n, P) for values of the basis functions, or combinations of such, in columns (p, n)."""
        rows = np.zeros((len(self.weights), columns.shape[1], self.coefficients.shape[1]))
        for scale, functions, own in self.parts(self.structure.index(target)):
            rows[:, :, own] += scale[:, None, None] * columns[functions].T
        return rows

    def conditioned(self, X: ArrayLike, target: str | int, weight: float = 1.0) -> Posterior:
        """Count points as if observed, without a value.

        The covariance of every component shrinks as by noisy observations of ``target`` at X (n, d), each
        with residual variance divided by ``weight``; means and weights stay. O(n k P²).
        """
        t = self.structure.index(target)
        noise = (self.lift[:, t] ** 2 * self.variance_).sum(axis=1) / weight
        factor = self.factor
        for h in self.rows(X, target).swapaxes(0, 1):
            factor = updated(factor, h / np.sqrt(noise)[:, None])
        return replace(self, factor=factor, _cache={})

    def collapsed(self, target: str | int) -> Collapsed:
        """Mean and covariance of the whole mixture as one vector and one p×p root: cheap at many points."""
        t = self.structure.index(target)
        key = ("collapsed", t)
        if key not in self._cache:
            roots, w = self._roots(t), self.curves(t)
            unit = self.scaling.unit[t]
            self._cache[key] = Collapsed.of(self.basis, self.weights, w, roots * unit)
        collapsed: Collapsed = self._cache[key]
        return collapsed

    def curves(self, target: str | int) -> Array:
        """Component coefficients (k, p) of the target's mean on the basis, target units."""
        t = self.structure.index(target)
        W = np.zeros((len(self.weights), self.basis.size))
        for scale, functions, own in self.parts(t):
            W[:, functions] += scale[:, None] * self.coefficients[:, own]
        W *= self.scaling.unit[t]
        if self.basis.constant is not None:
            W[:, self.basis.constant] += self.scaling.centre[t]
        return W

    def noise_covariance(self, targets: Sequence[str | int]) -> Array:
        """Mean residual covariance (r, r) of one noisy value of each of r targets, target units."""
        rows = [self.structure.index(target) for target in targets]
        roots = self.lift[:, rows] * np.sqrt(self.variance_)[:, None] * self.scaling.unit[rows][:, None]
        return np.asarray(np.einsum("k,kij,klj->il", self.weights, roots, roots))

    def joint(self, targets: Sequence[str | int]) -> tuple[Array, Array]:
        """First two moments of the curves of r targets over the whole mixture.

        Returns
        -------
        tuple of Array
            Mean coefficients (r, p) and their covariance (r, p, r, p), target units.
        """
        rows = [self.structure.index(target) for target in targets]
        curves = np.stack([self.curves(t) for t in rows], axis=1)
        mean = np.asarray(np.tensordot(self.weights, curves, 1))
        spread = (np.sqrt(self.weights)[:, None, None] * (curves - mean)).reshape(len(curves), -1)
        covariance = (spread.T @ spread).reshape(2 * mean.shape)
        tall = [self._tall(t) for t in rows]
        for i, (own, left) in enumerate(tall):
            for j, (other, right) in enumerate(tall[: i + 1]):
                block = left.T @ right
                covariance[i, own[:, None], j, other] += block
                if j < i:
                    covariance[j, other[:, None], i, own] += block.T
        return mean, covariance

    def parts(self, t: int) -> list[tuple[Array, Ints, slice | Ints]]:
        """Pieces of a target's curve: factors (k,), places among the functions, places among the coefficients."""
        pieces = zip(self.lift[:, t].T, self.active, self._slices(), strict=True)
        return [(scale, functions, own) for scale, functions, own in pieces if scale.any()]

    def _tall(self, t: int) -> tuple[Ints, Array]:
        """Columns that a target's curve has, and the weighted roots of all components in them, target units."""
        columns = np.unique(np.concatenate([functions for _, functions, _ in self.parts(t)]))
        roots = self._roots(t)[:, :, columns] * (np.sqrt(self.weights) * self.scaling.unit[t])[:, None, None]
        return columns, roots.reshape(-1, len(columns))

    def draw(self, n: int, target: str | int, rng: Generator) -> Array:
        """Draw coefficients (n, p) of the target's mean jointly, target units."""
        return np.asarray(self.draw_jointly(n, (target,), rng)[0])

    def draw_jointly(self, n: int, targets: Sequence[str | int], rng: Generator) -> Array:
        """Draw coefficients (t, n, p) of the means of several targets from the same n worlds, target units."""
        chosen = np.sort(rng.choice(len(self.weights), size=n, p=self.weights))
        z = rng.standard_normal((n, self.coefficients.shape[1]))
        draws = np.empty((len(targets), n, self.basis.size))
        for drawn, t in zip(draws, map(self.structure.index, targets), strict=True):
            roots, curves = self._roots(t), self.curves(t)
            for k in np.unique(chosen):
                own = chosen == k
                drawn[own] = curves[k] + self.scaling.unit[t] * (z[own] @ roots[k])
        return np.asarray(draws[:, rng.permutation(n)])

    def quantiles(self, X: ArrayLike, target: str | int, levels: Sequence[float]) -> Array:
        """Quantiles (n, len(levels)) of the mixture at points (n, d), in bounded memory."""
        matrix = points(X, self.basis.dim)
        t = self.structure.index(target)
        found = [np.empty((0, len(levels)))]
        for start in range(0, len(matrix), QUANTILE_CHUNK):
            columns = self.basis.columns(matrix[start : start + QUANTILE_CHUNK])
            mean, variance = self._mean_columns(columns, t), self._variance_columns(columns, t)
            found.append(mixture_quantiles(self.weights, mean, np.sqrt(variance), levels))
        return np.concatenate(found)

    def to_arrays(self) -> dict[str, NDArray[Any]]:
        """Return the θ mixture as plain arrays (with the statistics they rebuild the whole posterior)."""
        scaling = {"centre": self.scaling.centre, "unit": self.scaling.unit, "floor": self.scaling.floor}
        return {"theta": self.theta, "weights": self.weights, **scaling}

    def _mean_columns(self, columns: Array, t: int) -> Array:
        return np.asarray(self.curves(t) @ columns)

    def _variance_columns(self, columns: Array, t: int) -> Array:
        roots = self._roots(t)
        spread = np.empty((len(roots), columns.shape[1]))
        for row, root in zip(spread, roots, strict=True):
            row[:] = np.square(root @ columns).sum(axis=0)
        return np.asarray(spread * self.scaling.unit[t] ** 2)

    def _slices(self) -> tuple[slice, ...]:
        return segments([len(active) for active in self.active])

    def _roots(self, t: int) -> Array:
        """Roots U (k, P, p) with UᵀU the covariance of the target's curve, scaled units."""
        key = ("roots", t)
        if key not in self._cache:
            k, P = self.coefficients.shape
            right = np.zeros((k, P, self.basis.size))
            for scale, functions, own in self.parts(t):
                right[:, np.arange(P)[own], functions] = scale[:, None]
            for factor, rows in zip(self.factor, right, strict=True):
                rows[:] = dtrtrs(factor.T, rows, lower=0, trans=1)[0]
            self._cache[key] = right
        roots: Array = self._cache[key]
        return roots
