"""Linearize, fit, and again, until nothing moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from loop.assimilation import DataAssimilation, Posterior
from loop.assimilation.arrays import Array
from loop.assimilation.fitted import held
from loop.assimilation.laboratories import LaboratoryOffset, laboratory_offsets, laboratory_spread, messages
from loop.magnetism.assembled import Assembled
from loop.magnetism.expectation import expectation
from loop.magnetism.linearization import Linearization, LinearizationReport
from loop.magnetism.readings import Readings
from loop.magnetism.samples import Sampled
from loop.magnetism.shape_estimate import ShapeEstimate

MOST_MODES, MOST_PASSES, MOST_FITS = 5, 12, 3
"""Most searches for a mode of θ, passes at each, and fits of the whole posterior."""
STILL = 0.02
"""Change of a row's M0 or Tc, in posterior deviations, that is no change."""
LEAST_STEP = 0.125
"""Least share of the way to a new linearization."""


@dataclass(frozen=True)
class Settled:
    """A fit with the linearization that it rests on.

    Parameters
    ----------
    assembled
        Rows.
    model
        The engine, fitted.
    sampled
        Its moments.
    report
        How the linearization went.
    """

    assembled: Assembled
    model: DataAssimilation
    sampled: Sampled
    report: LinearizationReport

    def predict(self, readings: Readings) -> tuple[Array, Array]:
        """Mean (n,) and standard deviation (n,) of readings, all their scatter counted."""
        mean, deviation = np.zeros(len(readings.value)), np.zeros(len(readings.value))
        for target in (*self.assembled.structure.targets, ""):
            rows = readings.of_target(target)
            if rows.any():
                own = self._of_target(readings.part(rows), target) if target else self._bent(readings.part(rows))
                mean[rows], deviation[rows] = own
        return mean, deviation

    def _of_target(self, readings: Readings, target: str) -> tuple[Array, Array]:
        posterior, offsets = self.model.posterior, self.assembled.indicators(readings)
        collapsed = posterior.collapsed(target)
        phi = self.assembled.basis.columns(readings.X)
        phi[self.assembled.basis.functions.size :] = offsets.T
        variance = np.square(collapsed.root @ phi).sum(axis=0) + posterior.noise_covariance((target,))[0, 0]
        variance += readings.deviation**2 + self._unknown(readings, target)
        return collapsed.mean @ phi, np.sqrt(variance)

    def _bent(self, readings: Readings) -> tuple[Array, Array]:
        mean, covariance = self.sampled.moments(readings.X, self.assembled.indicators(readings), noisy=True)
        for index, target in enumerate(self.assembled.setting.targets):
            covariance[:, index, index] += self._unknown(readings, target)
        found = expectation(self.assembled.setting.law, readings.temperature, mean, covariance)
        return found.mean, np.sqrt(found.variance + self.assembled.reading_deviation(readings) ** 2)

    def _unknown(self, readings: Readings, target: str) -> Array:
        """Variance (n,) of the offset of laboratories that no row of the target came from."""
        known = [name for group, _ in self._groups(target) for name in group]
        new = np.array([bool(name) and name not in known for name in readings.laboratories])
        return np.asarray(new * self.spread(target) ** 2)

    def spread(self, target: str) -> float:
        """Root mean square offset of laboratories in a target, in its unit; 0 where there are none."""
        return laboratory_spread(self.model, self.assembled.basis, target)

    def laboratories(self) -> tuple[LaboratoryOffset, ...]:
        """Offsets by target and laboratory; values of M(T) count for M0."""
        rows, zero = self.assembled, self.assembled.setting.targets[0]
        owners = [
            (str(name), str(target)) for name, target in zip(rows.linear.laboratories, rows.linear.targets, strict=True)
        ]
        owners += [(str(name), zero) for name in rows.bent.laboratories]
        return laboratory_offsets(self.model.posterior, rows.basis, owners)

    def shape(self) -> tuple[ShapeEstimate, ...]:
        """Shape parameters of the law."""
        law, (mean, covariance) = self.assembled.setting.law, self.sampled.coordinates()
        deviation = np.sqrt(np.diagonal(covariance))
        middle, low, high = (law.values(mean + step * deviation) for step in (0.0, -1.0, 1.0))
        return tuple(
            ShapeEstimate(name, float(middle[i]), float(low[i]), float(high[i]), bool(law.deviation[i] > 0))
            for i, name in enumerate(law.parameters)
        )

    def diagnostics(self) -> dict[str, Any]:
        """Those of the engine, and what the law adds."""
        found = dict(self.model.diagnostics_)
        found["messages"] = (*self._messages(), *found["messages"], *messages(self.laboratories()))
        found["linearization"] = self.report
        return found

    def _messages(self) -> list[str]:
        structure, report = self.assembled.structure, self.report
        told = [
            f"{target!r} has no calculation to lean on: it stands on measurements alone"
            for target in self.assembled.setting.targets
            if structure.is_root(structure.index(target))
        ]
        if not report.settled:
            told.append(f"the linearization of M(T) still moves by {report.last_change:.2g} standard deviations")
        if report.idle:
            told.append(f"{report.idle} of {report.rows} values of M(T) lie far above Tc and tell nothing")
        return told

    def _groups(self, target: str) -> list[tuple[tuple[str, ...], slice]]:
        """Names and places of the laboratories of a target."""
        pairs = zip(self.assembled.basis.groups, self.assembled.basis.places, strict=True)
        return [(group.names, place) for group, place in pairs if group.target == target and group.learned]


def settle(assembled: Assembled, seed: int) -> Settled:
    """Fit rows of M(T) by linearizing the law about the posterior until it settles.

    θ is held at its mode while the linearization settles, then its mode is sought again; in the end θ is integrated,
    and the law linearized about the means of that mixture.
    """
    return _Iteration(assembled, seed).run()


class _Iteration:
    def __init__(self, assembled: Assembled, seed: int) -> None:
        self._rows, self._seed = assembled, seed
        self._line: Linearization | None = None
        self._before: tuple[Array, Array] | None = None
        self._latest: tuple[Posterior, Sampled] | None = None
        self._passes, self._change = 0, 0.0

    def run(self) -> Settled:
        model = self._fitted("map")
        if len(self._rows.bent.value):
            model = self._at_modes(model)
        return self._whole(model)

    def _at_modes(self, model: DataAssimilation) -> DataAssimilation:
        theta = model.posterior.theta[0]
        for _ in range(MOST_MODES):
            self._settle_at(theta, model.posterior)
            model = self._fitted("map")
            moved = np.abs(model.posterior.theta[0] - theta).max()
            theta = model.posterior.theta[0]
            if moved < STILL:
                break
        return model

    def _settle_at(self, theta: Array, posterior: Posterior) -> None:
        step = 1.0
        last = np.inf
        for _ in range(MOST_PASSES):
            self._pass(posterior, step)
            if self._change < STILL:
                return
            step, last = (max(0.5 * step, LEAST_STEP) if self._change > 0.7 * last else step), self._change
            posterior = held(self._rows.model(self._line, "map", self._seed), theta)

    def _whole(self, model: DataAssimilation) -> Settled:
        if self._rows.setting.estimator != "map":
            model = self._fitted(self._rows.setting.estimator)
        for _ in range(MOST_FITS if len(self._rows.bent.value) else 0):
            self._pass(model.posterior, 1.0)
            if self._change < 5.0 * STILL:
                break
            model = self._fitted(self._rows.setting.estimator)
        return Settled(self._rows, model, self._sampled(model.posterior), self._report())

    def _pass(self, posterior: Posterior, step: float) -> None:
        """Linearize about a posterior, and measure how far the rows have moved since the last pass."""
        rows = self._rows
        mean, covariance = self._sampled(posterior).moments(rows.bent.X, rows.offsets, noisy=True)
        new = Linearization.about(rows.setting.law, rows.bent.temperature, mean, covariance)
        self._line = new if self._line is None else self._line.towards(new, step)
        deviation = np.sqrt(np.diagonal(covariance, axis1=1, axis2=2))
        self._change = np.inf
        if self._before is not None:
            moved = np.abs(mean - self._before[0]) / np.maximum(np.minimum(deviation, self._before[1]), 1e-12)
            self._change = float(np.max(moved[:, :2], initial=0.0))
        self._before, self._passes = (mean, deviation), self._passes + 1

    def _fitted(self, estimator: str) -> DataAssimilation:
        model = self._rows.model(self._line, estimator, self._seed)
        return model.fit_statistics(model.statistics)

    def _sampled(self, posterior: Posterior) -> Sampled:
        if self._latest is None or self._latest[0] is not posterior:
            rows = self._rows
            self._latest = (posterior, Sampled.of(posterior, rows.basis, rows.shape, rows.setting.targets))
        return self._latest[1]

    def _report(self) -> LinearizationReport:
        n = len(self._rows.bent.value)
        if self._line is None:
            return LinearizationReport(n, 0, 0, 0.0, 0.0, True)
        told = self._rows.told(self._line)
        share = float(np.max(self._line.share[told], initial=0.0))
        settled = self._change < 5.0 * STILL
        return LinearizationReport(n, int(n - told.sum()), self._passes, self._change, share, settled)
