"""Everything a fit needs, prepared once from the statistics in scaled units."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from loop.assimilation.arrays import Array, Bools, Ints, segments
from loop.assimilation.basis import Basis
from loop.assimilation.parameters import LOG_2PI, Parameters
from loop.assimilation.pattern import Pattern, PatternKey
from loop.assimilation.prior import Prior, coefficient_prior, relation_priors
from loop.assimilation.scaling import Scaling
from loop.assimilation.statistics import Statistics
from loop.assimilation.structure import Structure


@dataclass(frozen=True)
class Problem:
    """m patterns of statistics in scaled units, their products, and the layout of coefficients and θ.

    Parameters
    ----------
    design, targets
        Triangular factors (m, r, p) and (m, r, q), targets centred and scaled.
    observed
        (m, q).
    counts
        Rows per pattern (m,).
    added
        Known variances (m, q) in scaled units.
    classes
        Index of the learned noise class per pattern (m,), −1 for the reference.
    blocks
        For every pair j ≥ k of targets the products Gφφ[A_j, A_k], (m, |A_j|·|A_k|).
    cross
        For every target j the products Gφy[A_j, :], (m, |A_j|, q).
    active
        Active functions of every target.
    offset
        The part of the log likelihood that no parameter changes: 2π, weights, units.
    floor
        (q,), the residual deviation that is rounding.
    parameters
        Layout and prior of θ.
    operators
        Combination that each of the original patterns observed, (o, q), scaled units; zeros where it observed targets
        themselves.
    block
        The original pattern of each of the m (m,): with combinations, tall patterns are cut into low blocks, of which
        the first has the counts, so that single rows beside them are not padded to their height.
    """

    design: Array
    targets: Array
    observed: Bools
    counts: Array
    added: Array
    classes: Ints
    blocks: tuple[tuple[int, int, Array], ...]
    cross: tuple[Array, ...]
    active: tuple[Ints, ...]
    offset: float
    floor: Array
    parameters: Parameters
    operators: Array
    block: Ints

    @property
    def combined(self) -> Bools:
        """Which blocks observe a combination of targets (m,)."""
        return np.asarray(self.operators[self.block].any(axis=1))

    @cached_property
    def alone(self) -> Bools:
        """Which targets each block observed themselves (m, q)."""
        return self.observed & ~self.combined[:, None]

    @property
    def q(self) -> int:
        """Number of targets."""
        return int(self.targets.shape[2])

    @property
    def p(self) -> int:
        """Number of basis functions."""
        return int(self.design.shape[2])

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """Where the coefficients of each target are in β."""
        return segments([len(active) for active in self.active])

    @cached_property
    def coefficients(self) -> int:
        """Number of coefficients P = Σ|A_j|."""
        return sum(len(active) for active in self.active)


def prepare(statistics: Statistics, basis: Basis, structure: Structure, scaling: Scaling, prior: Prior) -> Problem:
    """Centre, scale and multiply out the statistics."""
    active = structure.active_indices(basis)
    patterns = statistics.patterns or (_nothing(statistics),)
    offset, operators = _offset(patterns, scaling), np.array([_operator(x, scaling) for x in patterns])
    added = np.array([x.added / max(x.count, 1) for x in patterns]) / scaling.unit**2
    patterns, block = cut(patterns)
    design, targets = _factors(patterns, statistics.p, scaling, basis.constant)
    observed = np.array([x.key.observed for x in patterns], dtype=bool)
    counts = np.array([x.count for x in patterns], dtype=np.float64)
    names = _learned_classes(patterns)
    classes = np.array([_class_index(x, names) for x in patterns], dtype=np.intp)
    parameters = _parameters(basis, structure, active, prior, names)
    return Problem(
        design, targets, observed, counts, added[block], classes, _blocks(design, active), _cross(design, targets,
        active), active, offset, scaling.floor, parameters, operators, block,
    )  # fmt: skip


def cut(patterns: tuple[Pattern, ...], height: int = 4) -> tuple[tuple[Pattern, ...], Ints]:
    """Cut tall patterns into blocks where there are combinations; the blocks and the pattern of each."""
    if not any(pattern.key.operator for pattern in patterns):
        return patterns, np.arange(len(patterns))
    blocks: list[Pattern] = []
    owners: list[int] = []
    for owner, pattern in enumerate(patterns):
        for start in range(0, max(len(pattern.factor), 1), height):
            part = pattern.factor[start : start + height]
            blocks.append(replace(pattern, factor=part) if not start else replace(pattern, factor=part, count=0))
            owners.append(owner)
    return tuple(blocks), np.array(owners, dtype=np.intp)


def _operator(pattern: Pattern, scaling: Scaling) -> Array:
    """Combination in scaled units: of the observed target, whose slot it takes."""
    if not pattern.key.operator:
        return np.zeros(len(scaling.unit))
    slot = pattern.key.observed.index(True)
    return np.asarray(np.array(pattern.key.operator) * scaling.unit / scaling.unit[slot])


def _nothing(statistics: Statistics) -> Pattern:
    """Stand in for data when there are none, so that what follows needs no special case."""
    p, q = statistics.p, statistics.q
    return Pattern(PatternKey((False,) * q), 0, 0.0, np.zeros(q), np.zeros((1, p + q)))


def _factors(patterns: tuple[Pattern, ...], p: int, scaling: Scaling, constant: int | None) -> tuple[Array, Array]:
    q, height = len(scaling.unit), max(len(x.factor) for x in patterns)
    padded = np.zeros((len(patterns), height, p + q))
    for block, pattern in zip(padded, patterns, strict=True):
        block[: len(pattern.factor)] = pattern.factor
        if constant is not None:
            seen = pattern.key.observed if not pattern.key.operator else (True,) * q
            block[:, p:] -= np.outer(block[:, constant], scaling.centre * seen)
    return padded[:, :, :p].copy(), padded[:, :, p:] / scaling.unit


def _blocks(design: Array, active: tuple[Ints, ...]) -> tuple[tuple[int, int, Array], ...]:
    gram = design.transpose(0, 2, 1) @ design
    pairs = [(j, k) for j in range(len(active)) for k in range(j + 1)]
    return tuple(
        (j, k, gram[:, active[j]][:, :, active[k]].reshape(len(gram), active[j].size * active[k].size))
        for j, k in pairs
    )


def _cross(design: Array, targets: Array, active: tuple[Ints, ...]) -> tuple[Array, ...]:
    cross = design.transpose(0, 2, 1) @ targets
    return tuple(cross[:, a] for a in active)


def _learned_classes(patterns: tuple[Pattern, ...]) -> tuple[str, ...]:
    """Classes that get a factor of their own: all labels without known uncertainty but the first."""
    labels = {x.key.noise_class for x in patterns if not x.key.bins}
    return tuple(sorted(labels)[1:])


def _class_index(pattern: Pattern, names: tuple[str, ...]) -> int:
    label = pattern.key.noise_class
    return names.index(label) if not pattern.key.bins and label in names else -1


def _offset(patterns: tuple[Pattern, ...], scaling: Scaling) -> float:
    observed = np.array([x.key.observed for x in patterns], dtype=bool)
    counts = np.array([x.count for x in patterns], dtype=np.float64)
    weights = np.array([x.log_weight for x in patterns])
    values = observed.sum(axis=1)
    units = (counts @ observed) @ np.log(scaling.unit)
    return float(0.5 * weights @ values - 0.5 * LOG_2PI * counts @ values - units)


def _parameters(
    basis: Basis, structure: Structure, active: tuple[Ints, ...], prior: Prior, classes: tuple[str, ...]
) -> Parameters:
    coefficients = tuple(coefficient_prior(prior, basis, structure, j, a) for j, a in enumerate(active))
    relation = relation_priors(prior, structure)
    q, c = structure.size, len(classes)
    means = np.concatenate([relation[0], np.zeros(q + c), *(x.mean for x in coefficients)])
    widths = [relation[1], np.ones(q), np.full(c, prior.noise_class), *(x.deviation for x in coefficients)]
    return Parameters(structure.edges, q, classes, coefficients, means, np.concatenate(widths), prior.residual)
