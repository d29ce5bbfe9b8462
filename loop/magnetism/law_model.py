"""The finite-temperature model where the loop expects an assimilation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from loop.assimilation import Basis, DataAssimilation, Structure
from loop.assimilation.arrays import Array, points
from loop.assimilation.kept import KeptRows
from loop.assimilation.laboratories import LaboratoryOffset
from loop.assimilation.statistics import Statistics
from loop.errors import DataError, EstimationError
from loop.magnetism.finite_temperature import FiniteTemperature
from loop.magnetism.law import Law
from loop.magnetism.law_posterior import LawPosterior, order
from loop.magnetism.linearization import LinearizationReport
from loop.magnetism.readings import Value
from loop.magnetism.shape_estimate import ShapeEstimate

UNNAMED = "\0"
"""A laboratory that no row came from."""


@dataclass(frozen=True)
class UnderLaw:
    """Targets that are M at a temperature.

    Parameters
    ----------
    law
        Shape law, with its prior.
    of
        Names of M0 and Tc.
    temperatures
        In K, by name of the target: where it is predicted; its values may be measured at others.
    """

    law: Law
    of: tuple[str, str]
    temperatures: Mapping[str, float]


class LawModel(DataAssimilation):
    """An assimilation of which some targets are M at a temperature, under a law of two others.

    Fit it by :meth:`fit_statistics` with :class:`~loop.assimilation.kept.KeptRows`.

    Parameters
    ----------
    basis
        Functions of the design point.
    structure
        Of the targets that the law is of, and others, without those under the law.
    under
        The targets under the law.
    estimator
        ``"bayes"`` or ``"map"``.
    random_state
        Seed or generator.
    laboratory_offsets
        Whether laboratories have offsets.
    """

    def __init__(
        self,
        basis: Basis,
        structure: Structure,
        under: UnderLaw,
        estimator: str = "bayes",
        random_state: int | np.random.Generator | None = 0,
        *,
        laboratory_offsets: bool = False,
    ) -> None:
        super().__init__(basis, structure, estimator, random_state)
        self._linear, self._under = structure, under
        self.structure = order(structure, tuple(under.temperatures))
        self.statistics = KeptRows(basis.size, self.structure.size)
        self.finite = FiniteTemperature(
            basis,
            law=under.law,
            laboratory_offsets=laboratory_offsets,
            random_state=random_state,
            estimator=estimator,
            targets=under.of,
        )
        self._extended: LawPosterior | None = None

    def fit_statistics(self, statistics: Statistics) -> LawModel:
        """Fit to kept rows, whose targets are those of ``structure``.

        Raises
        ------
        DataError
            Where the rows were not kept.
        EstimationError
            When the data cannot determine the model; the rows are kept.
        """
        if not isinstance(statistics, KeptRows):
            raise DataError("a target under a law needs the rows themselves: give KeptRows")
        self.statistics, self._extended = statistics, None
        self.finite.fit_values(self._values(statistics), self._linear)
        self._extended = LawPosterior.around(self.finite.settled_, self.structure, self._under.temperatures)
        return self

    def predict(
        self,
        X: ArrayLike,
        target: str | int = -1,
        return_std: bool = False,
        quantiles: Sequence[float] | None = None,
    ) -> Any:
        """Predict the noise-free target; one under the law at its own temperature, through the law itself."""
        name = self.structure.targets[self.structure.index(target)]
        if name in self._under.temperatures:
            return self.finite.predict(X, self._under.temperatures[name], return_std, quantiles)
        mean, deviation = self.finite.target(X, name)
        found = [mean, deviation] if return_std else [mean]
        if quantiles is not None:
            found.append(self.finite.posterior.quantiles(X, name, quantiles))
        return tuple(found) if len(found) > 1 else mean

    def foretell(self, X: ArrayLike, target: str, temperature: ArrayLike | None = None) -> tuple[Array, Array, Array]:
        """See :class:`DataAssimilation`; a target under the law at the given temperatures, NaN being its own.

        The scatter counts that a value has the offset of its laboratory.
        """
        matrix = points(X, self.basis.dim)
        T = self._at(target, len(matrix), temperature)
        if T is None:
            mean, deviation = self.finite.target(matrix, target)
        else:
            mean, deviation = self.finite.predict(matrix, T, return_std=True)
        rows = [
            Value(
                x=tuple(x),
                target="" if T is not None else target,
                value=0.0,
                temperature=0.0 if T is None else t,
                laboratory=UNNAMED,
            )
            for x, t in zip(matrix.tolist(), np.zeros(len(matrix)) if T is None else T.tolist(), strict=True)
        ]
        total = self.finite.predict_values(rows)[1]
        return mean, deviation, np.maximum(total**2 - deviation**2, 0.0)

    def sample_y(self, X: ArrayLike, n_samples: int = 1, target: str | int = -1, random_state: Any = 0) -> Array:
        """See :class:`DataAssimilation`."""
        name = self.structure.targets[self.structure.index(target)]
        if name in self._under.temperatures:
            return self.finite.sample_y(X, self._under.temperatures[name], n_samples, random_state)
        return super().sample_y(X, n_samples, target, random_state)

    @property
    def posterior(self) -> LawPosterior:
        """Of all targets, those under the law linearized at every point: for rules."""
        if self._extended is None:
            raise EstimationError("not fitted yet: call fit_statistics first")
        return self._extended

    @property
    def log_evidence_(self) -> float:
        """Log p(data) under the last linearization."""
        return self.finite.log_evidence_

    @property
    def effective_sample_size_(self) -> float:
        """Effective number of nodes of θ."""
        return self.finite.effective_sample_size_

    @property
    def residual_covariance_(self) -> Array:
        """Covariance (q, q) of one value about the curves; for a target under the law at typical slopes, alone."""
        found = np.zeros((self.structure.size, self.structure.size))
        linear = self._linear.size
        found[:linear, :linear] = self.finite.residual_covariance_
        for index in range(linear, self.structure.size):
            found[index, index] = self.posterior.weights @ self.posterior.noise(index)
        return found

    @property
    def diagnostics_(self) -> dict[str, Any]:
        """What the data do not determine."""
        return self.finite.diagnostics_

    @property
    def laboratories_(self) -> tuple[LaboratoryOffset, ...]:
        """Offset of every laboratory."""
        return self.finite.laboratories_

    @property
    def shape_(self) -> tuple[ShapeEstimate, ...]:
        """Shape parameters of the law."""
        return self.finite.shape_

    @property
    def linearization_(self) -> LinearizationReport:
        """How the linearization went."""
        return self.finite.linearization_

    def _at(self, target: str, n: int, temperature: ArrayLike | None) -> Array | None:
        """Temperatures (n,) of values of a target; None for one that does not depend on it."""
        if target not in self._under.temperatures:
            return None
        own = self._under.temperatures[target]
        given = np.full(n, np.nan) if temperature is None else np.broadcast_to(np.asarray(temperature, dtype=float), n)
        return np.where(np.isnan(given), own, given)

    def _values(self, kept: KeptRows) -> list[Value]:
        names = np.array(self.structure.targets, dtype=object)[kept.target]
        rows = zip(kept.X.tolist(), names, kept.value, kept.std, kept.temperature, kept.laboratory, strict=True)
        return [self._value(*row) for row in rows]

    def _value(self, x: list[float], name: str, value: float, std: float, temperature: float, lab: str) -> Value:
        bent = name in self._under.temperatures
        T = self._at(name, 1, temperature)
        return Value(
            x=tuple(x),
            target="" if bent else name,
            value=float(value),
            temperature=0.0 if T is None else float(T[0]),
            deviation=float(std) or None,
            laboratory=lab,
        )
