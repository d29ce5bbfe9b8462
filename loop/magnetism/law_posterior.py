"""M at given temperatures as targets that are linear about the posterior, so that every rule can ask for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from loop.assimilation import Basis, Posterior, Structure
from loop.assimilation.arrays import Array, Ints
from loop.magnetism.linearization import Linearization
from loop.magnetism.settling import Settled

REMEMBERED = 8
"""Sets of points whose linearization is remembered: rules ask for the same points again and again."""


class LawBasis(Basis):
    """The functions of a fit, and for each temperature those that M is linear in, at the point's own slopes.

    M(x, T) ≈ c(x) + a(x) M0(x) + b(x) Tc(x) + Σ s_i(x) u_i: functions a φ, b φ, s_i and c.

    Parameters
    ----------
    settled
        A fit.
    temperatures
        In K, by name of the target that is M there.
    """

    def __init__(self, settled: Settled, temperatures: Mapping[str, float]) -> None:
        own = settled.assembled.basis
        self._settled, self._own, self.temperatures = settled, own, dict(temperatures)
        self.dim = own.dim
        shape = settled.assembled.shape
        kinds = [*(f"a {n}" for n in own.functions.names), *(f"b {n}" for n in own.functions.names)]
        kinds += [f"s{i}" for i in shape.free] + ["c"]
        self.names = (*own.names, *(f"{target}: {kind}" for target in self.temperatures for kind in kinds))
        self.orders = (*own.orders, *(0 for _ in self.names[own.size :]))
        self._width = len(kinds)
        self._memory: dict[bytes, Array] = {}

    def columns(self, X: Array) -> Array:
        """See :class:`Basis`."""
        key = np.ascontiguousarray(X).tobytes()
        if key not in self._memory:
            self._memory = dict([*self._memory.items()][1 - REMEMBERED :]) | {key: self._columns(X)}
        return self._memory[key]

    def line(self, X: Array, temperature: float) -> Linearization:
        """The law about what is believed at points X (n, d)."""
        law, T = self._settled.assembled.setting.law, np.full(len(X), temperature)
        return Linearization.about(law, T, *self._settled.sampled.moments(X))

    def places(self, target: str) -> tuple[Ints, Ints, Ints, int]:
        """Where a target's functions a φ, b φ, s and c stand."""
        p, f = self._own.functions.size, len(self._settled.assembled.shape.free)
        start = self._own.size + list(self.temperatures).index(target) * self._width
        return start + np.arange(p), start + p + np.arange(p), start + 2 * p + np.arange(f), start + 2 * p + f

    def _columns(self, X: Array) -> Array:
        phi, shape = self._own.functions.columns(X), self._settled.assembled.shape
        parts = [self._own.columns(X)]
        for temperature in self.temperatures.values():
            line = self.line(X, temperature)
            bent = line.slope[:, 2:]
            constant = line.intercept + bent @ shape.law.mean
            parts += [
                line.slope[:, 0] * phi,
                line.slope[:, 1] * phi,
                bent[:, shape.free].T / shape.unit,
                constant[None],
            ]
        return np.concatenate(parts)


@dataclass(frozen=True)
class LawPosterior(Posterior):
    """A posterior with further targets, M at given temperatures, each a curve on a :class:`LawBasis`.

    Linear in the coefficients about the means at every point: for rules, which compare points and count what more data
    would teach. What is reported comes from the law itself.

    Parameters
    ----------
    origin
        The structure that was fitted, without those targets.
    curies
        Indices of M0 and Tc in it.
    resolution
        Standard deviation of one reading of M.
    reference
        Points (r, d) whose mean slopes stand for all where one noise is wanted for all points.
    """

    origin: Structure = None  # type: ignore[assignment]
    curies: tuple[int, int] = (0, 0)
    resolution: float = 0.0
    reference: Array = None  # type: ignore[assignment]

    @classmethod
    def around(cls, settled: Settled, structure: Structure, temperatures: Mapping[str, float]) -> LawPosterior:
        """Extend the posterior of a fit.

        Parameters
        ----------
        settled
            The fit.
        structure
            Of all targets, those of the fit first.
        temperatures
            In K, by name of the further targets.
        """
        posterior, rows = settled.model.posterior, settled.assembled
        zero, curie = (rows.structure.index(target) for target in rows.setting.targets)
        extra = len(temperatures)
        scaling = replace(
            posterior.scaling,
            centre=np.append(posterior.scaling.centre, np.zeros(extra)),
            unit=np.append(posterior.scaling.unit, np.full(extra, posterior.scaling.unit[zero])),
            floor=np.append(posterior.scaling.floor, np.full(extra, posterior.scaling.floor[zero])),
        )
        return cls(
            LawBasis(settled, temperatures), structure, scaling, posterior.active, posterior.theta, posterior.weights,
            posterior.lift, posterior.variance_, posterior.coefficients, posterior.factor, {}, rows.structure,
            (zero, curie), rows.setting.resolution * rows.shape.unit, _reference(settled),
        )  # fmt: skip

    def parts(self, t: int) -> list[tuple[Array, Ints, slice | Ints]]:
        """See :class:`Posterior`."""
        if t < self.origin.size:
            return super().parts(t)
        basis, shape = self._law_basis, self._law_basis._settled.assembled.shape
        by_zero, by_curie, by_shape, _ = basis.places(self.structure.targets[t])
        zero, curie = self.curies
        ratio = float(self.scaling.unit[curie] / self.scaling.unit[zero])
        found = []
        for source, places, factor in ((zero, by_zero, 1.0), (curie, by_curie, ratio)):
            for scale, functions, own in super().parts(source):
                index = np.arange(self.coefficients.shape[1])[own]
                plain = functions < len(places)
                found.append((scale * factor, places[functions[plain]], index[plain]))
        index = np.arange(self.coefficients.shape[1])[self._slices()[zero]]
        learned = np.isin(self.active[zero], shape.columns)
        found.append((np.ones(len(self.weights)), by_shape, index[learned]))
        return list(found)

    def curves(self, target: str | int) -> Array:
        """See :class:`Posterior`."""
        t = self.structure.index(target)
        W = super().curves(target)
        if t >= self.origin.size:
            by_zero, by_curie, _, constant = self._law_basis.places(self.structure.targets[t])
            first = self._law_basis.constant or 0
            W[:, by_zero[first]] += self.scaling.centre[self.curies[0]]
            W[:, by_curie[first]] += self.scaling.centre[self.curies[1]]
            W[:, constant] += 1.0
        return W

    def noise(self, target: str | int) -> Array:
        """See :class:`Posterior`; of M at the mean slopes of the reference points."""
        t = self.structure.index(target)
        if t < self.origin.size:
            return super().noise(target)
        line = self._law_basis.line(self.reference, self._law_basis.temperatures[self.structure.targets[t]])
        slope = line.slope[:, :2].mean(axis=0) * self.scaling.unit[list(self.curies)]
        roots = np.einsum("c,kcj->kj", slope, self.lift[:, list(self.curies)]) ** 2
        return np.asarray((roots * self.variance_).sum(axis=1) + self.resolution**2)

    @property
    def _law_basis(self) -> LawBasis:
        assert isinstance(self.basis, LawBasis)  # noqa: S101
        return self.basis


def _reference(settled: Settled) -> Array:
    """Points of the values of M, or of all values where there are none."""
    rows = settled.assembled
    return rows.bent.X if len(rows.bent.X) else rows.linear.X


def order(structure: Structure, further: Sequence[str]) -> Structure:
    """Structure of all targets, further experiments behind those of a fit."""
    return Structure(
        (*structure.targets, *further),
        (*structure.sources, *("experiment" for _ in further)),
        structure.parents,
        structure.active,
        (*structure.quantities, *further),
    )
