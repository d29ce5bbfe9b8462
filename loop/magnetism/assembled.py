"""From rows to what the engine takes: targets, offsets, scaling, and rows under a linearization."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from loop.assimilation import Basis, DataAssimilation, OffsetBasis, Offsets, Prior, Statistics, Structure
from loop.assimilation.arrays import Array, Bools
from loop.assimilation.scaling import Scaling
from loop.errors import CampaignError, EstimationError
from loop.magnetism.law import Law
from loop.magnetism.linearization import Linearization
from loop.magnetism.readings import Readings
from loop.magnetism.samples import Shape

SPREADS = (0.2, 0.05)
"""Prior medians of the spread of laboratories in M0 and in Tc, in the unit of each."""
DULL = 1e-6
"""Slope in M0 below which a row tells nothing: it lies far above Tc."""
GUESSED = 0.1
"""Reduced magnetization below which a value gives no guess of M0."""


@dataclass(frozen=True)
class Setting:
    """What a model is told once.

    Parameters
    ----------
    law
        With the prior of its shape.
    targets
        Names of M0 and Tc.
    laboratory_offsets
        Whether laboratories have offsets.
    estimator, prior
        Of the engine.
    resolution
        Deviation of a reading without a stated one, as a share of the unit of M0.
    centre, scale
        Of the targets, as for the engine; None computes them from the values, M(T) counted as M0 by a rough Tc.
    """

    law: Law
    targets: tuple[str, str]
    laboratory_offsets: bool
    estimator: str
    prior: Prior
    resolution: float
    centre: ArrayLike | None = None
    scale: ArrayLike | None = None


@dataclass(frozen=True)
class Assembled:
    """Rows with everything that does not change while the law is linearized anew.

    Parameters
    ----------
    setting
        What was told.
    basis, structure
        With the offsets.
    shape
        Where the shape coordinates stand.
    centre, unit
        Of the targets (q,).
    linear, bent
        Rows that observe a target, and rows of M at T > 0.
    offsets
        Values (n, e) of the offsets for the rows of ``bent``, shape coordinates 0.
    fixed
        Statistics of the linear rows.
    """

    setting: Setting
    basis: OffsetBasis
    structure: Structure
    shape: Shape
    centre: Array
    unit: Array
    linear: Readings
    bent: Readings
    offsets: Array
    fixed: Statistics

    @classmethod
    def of(cls, setting: Setting, basis: Basis, structure: Structure, readings: Readings) -> Assembled:
        """Assemble.

        Raises
        ------
        CampaignError
            Where another target leans on M0: it would inherit the shape of the law.
        EstimationError
            Where there is no row at all.
        """
        zero = setting.targets[0]
        if any(zero in parents for parents in structure.parents.values()):
            raise CampaignError(f"a target has {zero!r} among its parents: expected none, for the law's sake")
        if not len(readings.value):
            raise EstimationError("there are no rows: nothing can be learned")
        laboratories = tuple(_laboratories(setting, readings, target) for target in setting.targets)
        free = np.flatnonzero(setting.law.deviation > 0)
        groups = [
            Offsets(t, labs, scale) for t, labs, scale in zip(setting.targets, laboratories, SPREADS, strict=True)
        ]
        groups += [Offsets(zero, (setting.law.parameters[i],), float(setting.law.deviation[i]), 0.0) for i in free]
        whole = OffsetBasis(basis, [group for group in groups if group.names])
        linear, bent = readings.part(~readings.bent), readings.part(readings.bent)
        centre, unit = _scale(setting, basis, structure, linear, bent)
        index = structure.index(zero)
        shape = Shape(setting.law, free, np.arange(whole.size - len(free), whole.size), float(unit[index]))
        fixed = _linear(whole, structure, linear, _indicators(whole, linear))
        return cls(
            setting,
            whole,
            whole.structure(structure),
            shape,
            centre,
            unit,
            linear,
            bent,
            _indicators(whole, bent),
            fixed,
        )

    def statistics(self, line: Linearization | None) -> Statistics:
        """Statistics of all rows under a linearization; of the linear ones alone without one."""
        if line is None or not len(self.bent.value):
            return self.fixed
        told = self.told(line)
        slope, offsets = line.slope[told], self.offsets[told].copy()
        free = 2 + self.shape.free
        known = slope[:, free] @ self.setting.law.mean[self.shape.free]
        held = np.delete(np.arange(2 + len(self.setting.law.mean)), np.r_[0, 1, free])
        known = known + slope[:, held] @ self.setting.law.mean[held - 2]
        offsets[:, self.shape.columns - self.basis.functions.size] = slope[:, free] / slope[:, :1] / self.shape.unit
        operator = np.zeros((len(slope), self.structure.size))
        operator[:, [self.structure.index(target) for target in self.setting.targets]] = slope[:, :2]
        values = self.bent.value[told] - line.intercept[told] - known
        std = np.sqrt(line.missed[told] + self.reading_deviation(self.bent)[told] ** 2)
        return self.fixed + Statistics.of_combinations(self.basis, self.bent.X[told], values, operator, std, offsets)

    def told(self, line: Linearization) -> Bools:
        """Which of the bent rows tell anything (n,)."""
        return np.asarray(line.slope[:, 0] > DULL)

    def reading_deviation(self, readings: Readings) -> Array:
        """Standard uncertainty (n,) of readings of M(T): as stated, else the resolution."""
        return np.where(readings.deviation > 0, readings.deviation, self.setting.resolution * self.shape.unit)

    def model(self, line: Linearization | None, estimator: str, seed: int) -> DataAssimilation:
        """Make the engine's model, unfitted but with the statistics of a linearization."""
        model = DataAssimilation(
            self.basis,
            self.structure,
            estimator,
            seed,
            prior=self.setting.prior,
            centre=self.centre,
            scale=self.unit,
        )
        model.statistics = self.statistics(line)
        return model

    def indicators(self, readings: Readings) -> Array:
        """Values (n, e) of the offsets of any rows, shape coordinates 0."""
        return _indicators(self.basis, readings)


def _laboratories(setting: Setting, readings: Readings, target: str) -> tuple[str, ...]:
    """Laboratories with values of a target; those of M(T) count for M0."""
    if not setting.laboratory_offsets:
        return ()
    own = readings.of_target(target) | (readings.bent if target == setting.targets[0] else False)
    return tuple(sorted({str(name) for name in readings.laboratories[own] if name}))


def _indicators(basis: OffsetBasis, readings: Readings) -> Array:
    """Every laboratory group's indicators; shape coordinates, whose groups have no spread, are 0."""
    parts = [
        readings.belongs(group.names) if group.learned else np.zeros((len(readings.value), len(group.names)))
        for group in basis.groups
    ]
    return np.concatenate([np.zeros((len(readings.value), 0)), *parts], axis=1)


def _linear(basis: Basis, structure: Structure, linear: Readings, offsets: Array | None) -> Statistics:
    Y = np.full((len(linear.value), structure.size), np.nan)
    std = np.zeros_like(Y)
    for column, target in enumerate(structure.targets):
        own = linear.of_target(target)
        Y[own, column], std[own, column] = linear.value[own], linear.deviation[own]
    return Statistics.of(basis, structure.size, linear.X, Y, std if std.any() else None, offsets=offsets)


def _scale(
    setting: Setting, basis: Basis, structure: Structure, linear: Readings, bent: Readings
) -> tuple[Array, Array]:
    """Centre and unit of the targets, M(T) counted as M0 by a rough Curie temperature."""
    curies = linear.value[linear.of_target(setting.targets[1])]
    hottest = float(np.max(bent.temperature, initial=300.0))
    rough = float(np.mean(curies)) if len(curies) else 1.5 * hottest
    m = setting.law.reduced(bent.temperature / rough)
    plain = bent.part(np.asarray(m > GUESSED))
    guess = Readings(
        np.concatenate([linear.X, plain.X]),
        np.concatenate([linear.targets, np.full(len(plain.value), setting.targets[0], dtype=object)]),
        np.concatenate([linear.laboratories, plain.laboratories]),
        np.concatenate([linear.temperature, plain.temperature]),
        np.concatenate([linear.value, plain.value / m[m > GUESSED]]),
        np.zeros(len(linear.value) + len(plain.value)),
    )
    guessed = _linear(basis, structure, guess, None)
    scaling = Scaling.of(guessed, structure, basis.constant, setting.centre, setting.scale)
    centre, unit = scaling.centre.copy(), scaling.unit.copy()
    index = structure.index(setting.targets[1])
    if not len(curies) and setting.centre is None:
        centre[index] = rough
    if not len(curies) and setting.scale is None:
        unit[index] = 0.25 * rough
    return centre, unit
