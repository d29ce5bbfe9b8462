"""The prior that was measured to work (method.md, 3), in units of the scaling."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from loop.assimilation.arrays import Array, Ints, segments
from loop.assimilation.basis import Basis
from loop.assimilation.offsets import OffsetBasis, Offsets
from loop.assimilation.shape import Shape
from loop.assimilation.structure import Structure


@dataclass(frozen=True)
class Prior:
    """Widths of the prior, in units of the calculations' standard deviation S.

    Parameters
    ----------
    relation
        C ~ N(1/m, relation²) for each of m parents of the same quantity; N(0, 1) across quantities.
    residual
        s_j ~ half-normal(residual).
    constant
        Constant of a target without parents ~ N(0, constant²).
    discrepancy
        R ~ N(0, discrepancy²), a fixed scale: a learned one makes a second mode at R ≈ 0 and was the main
        cause of under-coverage.
    log_scale
        Other coefficients of a target without parents ~ N(0, g²), log g ~ N(0, log_scale²).
    flexible
        Mean of log amplitude of a discrepancy on a basis with a length scale.
    noise_class
        log k ~ N(0, noise_class²), the unknown factor of a noise class.
    """

    relation: float = 0.5
    residual: float = 0.5
    constant: float = 2.0
    discrepancy: float = 3.0
    log_scale: float = 1.0
    flexible: float = -0.7
    noise_class: float = 1.0


@dataclass(frozen=True)
class CoefficientPrior:
    """Independent N(0, variance) for the coefficients of one target, given its hyperparameters.

    Parameters
    ----------
    fixed
        Log variances (a,) of coefficients that do not scale, zero elsewhere.
    scaled
        Which coefficients (a,) scale, 0 or 1.
    learned
        Whether the scale is a hyperparameter (log g, the first).
    log_scale
        Prior mean and deviation of log g.
    shape
        How the variance is spread; its parameters follow log g.
    """

    fixed: Array
    scaled: Array
    learned: bool
    log_scale: tuple[float, float]
    shape: Shape

    @property
    def mean(self) -> Array:
        """Prior means of the hyperparameters (k,)."""
        return np.append(self.log_scale[0], self.shape.mean) if self.learned else self.shape.mean

    @property
    def deviation(self) -> Array:
        """Prior standard deviations of the hyperparameters (k,)."""
        return np.append(self.log_scale[1], self.shape.deviation) if self.learned else self.shape.deviation

    def log_variance(self, hyper: Array) -> Array:
        """Map hyperparameters (t, k) to log variances (t, a)."""
        scale = 2.0 * hyper[:, :1] if self.learned else 0.0
        return np.asarray(self.fixed + self.scaled * (scale + self.shape.log_variance(hyper[:, int(self.learned) :])))

    def slope(self, hyper: Array) -> Array:
        """Differentiate the log variance at hyperparameters (t, k): (t, a, k)."""
        shaped = self.scaled[:, None] * self.shape.slope(hyper[:, int(self.learned) :])
        if not self.learned:
            return np.asarray(shaped)
        scale = np.broadcast_to(2.0 * self.scaled[:, None], (*shaped.shape[:2], 1))
        return np.concatenate([scale, shaped], axis=2)


def coefficient_prior(
    prior: Prior, basis: Basis, structure: Structure, j: int, active: Ints
) -> CoefficientPrior | WithOffsets:
    """Return the prior of target ``j`` on its active functions."""
    constant = (active == basis.constant) if basis.constant is not None else np.zeros(len(active), dtype=bool)
    if isinstance(basis, OffsetBasis):
        return _with_offsets(prior, basis, structure, j, active)
    shape = basis.shape(active)
    root = structure.is_root(j)
    learned = bool((root or len(shape.mean)) and not constant.all())
    width = np.where(constant, prior.constant if root else prior.discrepancy, 1.0 if learned else prior.discrepancy)
    mean = 0.0 if root else prior.flexible
    return CoefficientPrior(2.0 * np.log(width), (~constant).astype(float), learned, (mean, prior.log_scale), shape)


@dataclass(frozen=True)
class WithOffsets:
    """Prior of the coefficients of one target that has offsets: its functions first, then groups with a scale each.

    Parameters
    ----------
    functions
        Prior of the coefficients of the functions.
    groups
        Its offsets.
    """

    functions: CoefficientPrior
    groups: tuple[Offsets, ...]

    @cached_property
    def fixed(self) -> Array:
        """Log variances at hyperparameters 0."""
        own = [np.full(len(group.names), 0.0 if group.learned else 2.0 * np.log(group.scale)) for group in self.groups]
        return np.concatenate([self.functions.fixed, *own])

    @cached_property
    def _learned(self) -> tuple[tuple[Offsets, slice], ...]:
        places = segments([len(group.names) for group in self.groups], len(self.functions.fixed))
        return tuple((g, place) for g, place in zip(self.groups, places, strict=True) if g.learned)

    @property
    def mean(self) -> Array:
        """Prior means of the hyperparameters: those of the functions, then log λ of every learned group."""
        return np.append(self.functions.mean, [np.log(group.scale) for group, _ in self._learned])

    @property
    def deviation(self) -> Array:
        """Prior standard deviations of the hyperparameters."""
        return np.append(self.functions.deviation, [group.spread for group, _ in self._learned])

    def log_variance(self, hyper: Array) -> Array:
        """Map hyperparameters (t, k) to log variances (t, a)."""
        k, own = len(self.functions.mean), len(self.functions.fixed)
        found = np.broadcast_to(self.fixed, (len(hyper), len(self.fixed))).copy()
        found[:, :own] = self.functions.log_variance(hyper[:, :k])
        for column, (_, place) in enumerate(self._learned, k):
            found[:, place] = 2.0 * hyper[:, column, None]
        return found

    def slope(self, hyper: Array) -> Array:
        """Differentiate the log variance at hyperparameters (t, k): (t, a, k)."""
        k, own = len(self.functions.mean), len(self.functions.fixed)
        found = np.zeros((len(hyper), len(self.fixed), hyper.shape[1]))
        found[:, :own, :k] = self.functions.slope(hyper[:, :k])
        for column, (_, place) in enumerate(self._learned, k):
            found[:, place, column] = 2.0
        return found


def _with_offsets(prior: Prior, basis: OffsetBasis, structure: Structure, j: int, active: Ints) -> WithOffsets:
    functions = coefficient_prior(prior, basis.functions, structure, j, active[active < basis.functions.size])
    assert isinstance(functions, CoefficientPrior)  # noqa: S101
    return WithOffsets(functions, tuple(group for group in basis.groups if group.target == structure.targets[j]))


def relation_priors(prior: Prior, structure: Structure) -> tuple[Array, Array]:
    """Prior means and deviations of the edges' coefficients in scaled units."""
    means, deviations = [], []
    for child, parent in structure.edges:
        quantity = structure.quantities[child]
        same = [p for c, p in structure.edges if c == child and structure.quantities[p] == quantity]
        alike = structure.quantities[parent] == quantity
        means.append(1.0 / len(same) if alike else 0.0)
        deviations.append(prior.relation if alike else 1.0)
    return np.array(means), np.array(deviations)
