"""Assimilation with an offset of every laboratory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import logsumexp

from loop.assimilation.arrays import Array
from loop.assimilation.assimilation import DataAssimilation
from loop.assimilation.kept import KeptRows
from loop.assimilation.offsets import OffsetBasis, Offsets
from loop.assimilation.posterior import Posterior
from loop.assimilation.prior import coefficient_prior
from loop.assimilation.statistics import Statistics
from loop.errors import DataError


@dataclass(frozen=True)
class LaboratoryOffset:
    """By how much a laboratory lies above the typical one.

    Parameters
    ----------
    laboratory
        Its name.
    target
        What the offset is of.
    mean, deviation
        In the target's unit.
    rows
        Values that the laboratory has of it.
    """

    laboratory: str
    target: str
    mean: float
    deviation: float
    rows: int

    @property
    def message(self) -> str:
        """Say it in words, for a report."""
        side = "above" if self.mean > 0 else "below"
        rows = f"{self.rows} value{'s' if self.rows > 1 else ''}"
        size = f"{abs(self.mean):.2g} ± {self.deviation:.2g}"
        return f"{self.laboratory!r} reads {self.target!r} {size} {side} the typical laboratory ({rows})"


CERTAIN = 3.0
"""Standard deviations by which an offset differs from none before it is said in words."""


def messages(offsets: Iterable[LaboratoryOffset]) -> tuple[str, ...]:
    """Say which laboratories are certainly off, the furthest first."""
    found = [each for each in offsets if abs(each.mean) > CERTAIN * each.deviation]
    return tuple(each.message for each in sorted(found, key=lambda each: -abs(each.mean) / each.deviation))


def laboratory_offsets(
    posterior: Posterior, basis: OffsetBasis, counts: Sequence[tuple[str, str]]
) -> tuple[LaboratoryOffset, ...]:
    """Offsets by target and laboratory, ``counts`` being the (laboratory, target) of every row."""
    found: list[LaboratoryOffset] = []
    for group, place in zip(basis.groups, basis.places, strict=True):
        if group.learned:
            collapsed = posterior.collapsed(group.target)
            deviation = np.sqrt(np.square(collapsed.root[:, place]).sum(axis=0))
            found += [
                LaboratoryOffset(name, group.target, float(mean), float(own), counts.count((name, group.target)))
                for name, mean, own in zip(group.names, collapsed.mean[place], deviation, strict=True)
            ]
    return tuple(found)


def laboratory_spread(model: DataAssimilation, basis: OffsetBasis, target: str) -> float:
    """Root mean square λ of the offsets of laboratories in a target, in its unit; 0 where there are none.

    Parameters
    ----------
    model
        Fitted on ``basis``.
    basis
        Functions and offsets.
    target
        Its name.
    """
    if not any(group.target == target and group.learned for group in basis.groups):
        return 0.0
    posterior, index = model.posterior, model.structure.index(target)
    active = model.structure.active_indices(basis)[: index + 1]
    priors = [coefficient_prior(model.prior, basis, model.structure, j, own) for j, own in enumerate(active)]
    # θ: relations, residuals, then the hyperparameters of every target, log λ the last of its own
    column = len(model.structure.edges) + model.structure.size + sum(len(prior.mean) for prior in priors) - 1
    logs = posterior.theta[:, column]
    return float(np.exp(0.5 * logsumexp(2.0 * logs, b=posterior.weights)) * posterior.scaling.unit[index])


class LaboratoryAssimilation(DataAssimilation):
    """:class:`DataAssimilation` whose experiments carry an offset per laboratory, a priori N(0, λ²) with λ learned.

    The offsets are confounded with the constants: their prior mean of 0 makes a prediction that of a typical
    laboratory, and its deviation counts that the laboratories at hand are a sample. Fit it by
    :meth:`fit_statistics` with :class:`KeptRows`.
    """

    def fit_statistics(self, statistics: Statistics) -> LaboratoryAssimilation:
        """Fit to kept rows.

        Raises
        ------
        DataError
            Where the rows were not kept.
        EstimationError
            When the data cannot determine the model; the rows are kept.
        """
        if not isinstance(statistics, KeptRows):
            raise DataError("offsets of laboratories need the rows themselves: give KeptRows")
        self.statistics, self._fitted = statistics, None
        basis = OffsetBasis(self.basis, self._groups(statistics))
        inner = DataAssimilation(
            basis,
            basis.structure(self.structure),
            self.estimator,
            self.random_state,
            prior=self.prior,
            centre=self.centre,
            scale=self.scale,
        )
        inner.fit_statistics(_summed(basis, statistics))
        self._fitted, self._inner, self._basis = inner._fitted, inner, basis
        return self

    def foretell(self, X: ArrayLike, target: str, temperature: ArrayLike | None = None) -> tuple[Array, Array, Array]:
        """See :class:`DataAssimilation`; the scatter counts that a value has the offset of its laboratory."""
        mean, deviation, variance = super().foretell(X, target, temperature)
        return mean, deviation, variance + laboratory_spread(self._inner, self._basis, target) ** 2

    @property
    def laboratories_(self) -> tuple[LaboratoryOffset, ...]:
        """Offset of every laboratory in every experimental target that it has values of."""
        kept, posterior = self.statistics, self.posterior
        assert isinstance(kept, KeptRows)  # noqa: S101
        names = [self.structure.targets[index] for index in kept.target]
        return laboratory_offsets(posterior, self._basis, list(zip(kept.laboratory, names, strict=True)))

    @property
    def diagnostics_(self) -> dict[str, Any]:
        """See :class:`DataAssimilation`; also which laboratories are certainly off."""
        found = super().diagnostics_
        return {**found, "messages": (*found["messages"], *messages(self.laboratories_))}

    def _groups(self, kept: KeptRows) -> list[Offsets]:
        groups = []
        for index, (target, source) in enumerate(zip(self.structure.targets, self.structure.sources, strict=True)):
            own = [kept.laboratory[row] for row in np.flatnonzero(kept.target == index)]
            names = tuple(sorted({name for name in own if name}))
            if source == "experiment" and names:
                groups.append(Offsets(target, names))
        return groups


def _summed(basis: OffsetBasis, kept: KeptRows) -> Statistics:
    n = kept.count
    Y, std = np.full((n, kept.q), np.nan), np.zeros((n, kept.q))
    Y[np.arange(n), kept.target], std[np.arange(n), kept.target] = kept.value, kept.std
    X = kept.X.reshape(n, basis.dim)
    return Statistics.of(basis, kept.q, X, Y, std if std.any() else None, offsets=_indicators(basis, kept.laboratory))


def _indicators(basis: OffsetBasis, laboratories: Sequence[str]) -> Array:
    """Membership (n, e) in the laboratories of every group."""
    names = np.array([name for group in basis.groups for name in group.names], dtype=object)
    own: Any = np.array(laboratories, dtype=object)
    return np.asarray(own[:, None] == names[None], dtype=float)
