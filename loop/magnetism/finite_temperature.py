"""M(x, T) from few measurements at any temperature and many calculations at none (method.md, section 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from loop.assimilation import Basis, Posterior, Prior, Statistics, Structure
from loop.assimilation.arrays import Array, generator, points
from loop.assimilation.laboratories import LaboratoryOffset
from loop.assimilation.structure import Active
from loop.errors import DataError, EstimationError
from loop.magnetism.assembled import Assembled, Setting
from loop.magnetism.expectation import expectation
from loop.magnetism.ferrimagnet import require_ferromagnet
from loop.magnetism.kuzmin import KuzminLaw
from loop.magnetism.law import Law
from loop.magnetism.linearization import LinearizationReport
from loop.magnetism.readings import Readings, Value
from loop.magnetism.row import Reading
from loop.magnetism.row_value import CALCULATED, value_of
from loop.magnetism.row_value import CURIE as CURIE
from loop.magnetism.row_value import ZERO as ZERO
from loop.magnetism.samples import LawCurves, Sampled
from loop.magnetism.settling import Settled, settle
from loop.magnetism.shape_estimate import ShapeEstimate

DRAWS = 2048
"""Joint draws behind quantiles; the 2.5 % quantile is known to a tenth of a deviation."""


class FiniteTemperature:
    """One multivariate model of M0 and Tc, each from calculation and from experiment, seen through a law M(T).

    A value of M at T > 0 is a nonlinear observation of (M0, Tc) and of the law's shape: rows are kept, the law is
    linearized about what the posterior says of each of them, all θ share that linearization, and it is done anew until
    it settles (iterated Kalman update by statistical linear regression).

    Parameters
    ----------
    basis
        Functions of the design point.
    parents, active
        As in :class:`~loop.assimilation.Structure`, for the targets ``M0_calculated``, ``M0``, ``Tc_calculated``,
        ``Tc``. By default an experiment leans on its calculation and its discrepancy uses all functions. A target
        without calculated rows stands on its measurements alone.
    law
        Shape law, with the prior of its parameters.
    laboratory_offsets
        Learn an offset of M0 and one of Tc for every laboratory, shrunk to none.
    random_state
        Seed or generator; a seed starts afresh at every fit.
    estimator
        ``"bayes"`` or ``"map"``.
    prior
        Widths of the prior; None is the one that was measured to work.
    amounts
        Function from a point (d,) to atoms per formula unit by element: ferrimagnets are then refused by name.
    centre, scale
        Offset and unit of the targets (a number or one each), None computes them; as for
        :class:`~loop.assimilation.DataAssimilation`.
    targets
        Names of M0 and Tc where a structure of one's own is given to :meth:`fit_values`.
    resolution
        Standard deviation of one reading of M(T) where none is stated, as a share of the unit of M0 (the spread of its
        values): far above Tc a sample's scatter alone would make a value certain.

    References
    ----------
    Harashima et al., Phys. Rev. Materials 5, 013806 (2021); Kuz'min, Phys. Rev. Lett. 94, 107204 (2005).
    """

    def __init__(
        self,
        basis: Basis,
        *,
        parents: Mapping[str, Sequence[str]] | None = None,
        active: Mapping[str, Active] | None = None,
        law: Law | None = None,
        laboratory_offsets: bool = True,
        random_state: int | np.random.Generator | None = 0,
        estimator: str = "bayes",
        prior: Prior | None = None,
        amounts: Callable[[tuple[float, ...]], Mapping[str, float]] | None = None,
        resolution: float = 0.02,
        centre: ArrayLike | None = None,
        scale: ArrayLike | None = None,
        targets: tuple[str, str] = (ZERO, CURIE),
    ) -> None:
        self.basis, self.law = basis, law or KuzminLaw()
        self._parents, self._active, self._amounts = parents, dict(active or {}), amounts
        self._random_state = random_state
        self.setting = Setting(
            self.law, targets, laboratory_offsets, estimator, prior or Prior(), resolution, centre, scale
        )
        self._settled: Settled | None = None
        self._sampled: Sampled | None = None

    def fit(self, rows: Iterable[Reading]) -> FiniteTemperature:
        """Forget earlier rows and fit these.

        Parameters
        ----------
        rows
            See :class:`~loop.magnetism.row.Reading`.

        Raises
        ------
        DataError
            Naming the row, what was found and what was expected.
        CompositionError
            Where the law does not hold for a row.
        EstimationError
            Where the data cannot determine the model.
        """
        values = [value_of(number, row) for number, row in enumerate(rows, 1)]
        return self.fit_values(values, self._structure({each.target for each in values}))

    def fit_values(self, values: Sequence[Value], structure: Structure) -> FiniteTemperature:
        """Fit values of the targets of a structure of one's own; its experiments ``M0`` and ``Tc`` enter the law."""
        self._refuse(values)
        readings = Readings.of(values, self.basis.dim, structure.targets)
        seed = int(generator(self._random_state).integers(2**63))
        self._settled = settle(Assembled.of(self.setting, self.basis, structure, readings), seed)
        self._sampled = self._settled.sampled
        return self

    def predict(
        self,
        X: ArrayLike,
        temperature: ArrayLike,
        return_std: bool = False,
        quantiles: Sequence[float] | None = None,
    ) -> Any:
        """Predict the noise-free magnetization, of no laboratory's offset.

        Parameters
        ----------
        X
            Points (n, d).
        temperature
            In K, a number or (n,).
        return_std
            Also return the standard deviation.
        quantiles
            Also return these quantiles, from joint draws.

        Returns
        -------
        Array or tuple of Array
            Mean (n,); then deviation (n,) if asked; then quantiles (n, len(quantiles)) if asked. Unit of M.
        """
        matrix = points(X, self.basis.dim)
        T = _temperatures(temperature, len(matrix))
        found = expectation(self.law, T, *self._known.moments(matrix))
        answer = [found.mean, np.sqrt(found.variance)] if return_std else [found.mean]
        if quantiles is not None:
            draws = self.sample_y(matrix, T, DRAWS)
            answer.append(np.quantile(draws, list(quantiles), axis=1).T)
        return tuple(answer) if len(answer) > 1 else answer[0]

    def sample_y(self, X: ArrayLike, temperature: ArrayLike, n_samples: int = 1, random_state: Any = 0) -> Array:
        """Draw the noise-free magnetization jointly over points and temperatures: (n, n_samples)."""
        matrix = points(X, self.basis.dim)
        curves = self.draw(n_samples, generator(random_state))
        return curves.values(matrix, _temperatures(temperature, len(matrix)))

    def draw(self, n: int, rng: np.random.Generator) -> LawCurves:
        """Draw M0, Tc and shape jointly, n times."""
        setting = self._fit.assembled
        return LawCurves.draw(self.posterior, setting.basis, setting.shape, setting.setting.targets, n, rng)

    def predict_rows(self, rows: Iterable[Reading]) -> tuple[Array, Array]:
        """Predict values that were or might be read, with everything that makes them scatter.

        Parameters
        ----------
        rows
            Their own values are not used; laboratory and stated deviation are.

        Returns
        -------
        tuple of Array
            Mean (n,) and standard deviation (n,) of the reading: of the curve, of one sample about it, of its
            laboratory (learned, or the spread of laboratories where it is new), and as stated.
        """
        return self.predict_values([value_of(number, row) for number, row in enumerate(rows, 1)])

    def predict_values(self, values: Sequence[Value]) -> tuple[Array, Array]:
        """Predict as :meth:`predict_rows` does, values of the targets of a structure of one's own."""
        return self._fit.predict(Readings.of(values, self.basis.dim, self._fit.assembled.structure.targets))

    def zero_temperature(self, X: ArrayLike) -> tuple[Array, Array]:
        """Mean (n,) and standard deviation (n,) of M0 at points X (n, d)."""
        return self.target(X, self.setting.targets[0])

    def curie_temperature(self, X: ArrayLike) -> tuple[Array, Array]:
        """Mean (n,) and standard deviation (n,) of Tc in K at points X (n, d)."""
        return self.target(X, self.setting.targets[1])

    def target(self, X: ArrayLike, target: str) -> tuple[Array, Array]:
        """Mean (n,) and standard deviation (n,) of any target of the structure."""
        return self.posterior.collapsed(target).evaluate(X)

    @property
    def settled_(self) -> Settled:
        """Everything that the last fit left behind."""
        return self._fit

    @property
    def posterior(self) -> Posterior:
        """Of the targets at the last linearization: a mixture over θ."""
        return self._fit.model.posterior

    @property
    def statistics(self) -> Statistics:
        """Of the rows at the last linearization."""
        return self._fit.model.statistics

    @property
    def laboratories_(self) -> tuple[LaboratoryOffset, ...]:
        """Offset of every laboratory, in M0 and in Tc."""
        return self._fit.laboratories()

    @property
    def shape_(self) -> tuple[ShapeEstimate, ...]:
        """Shape parameters of the law: medians and the interval of one deviation."""
        return self._fit.shape()

    @property
    def linearization_(self) -> LinearizationReport:
        """How the linearization went."""
        return self._fit.report

    @property
    def log_evidence_(self) -> float:
        """Log p(data) under the last linearization: compare only fits of the same rows that settled."""
        return self._fit.model.log_evidence_

    @property
    def effective_sample_size_(self) -> float:
        """Effective number of nodes of θ."""
        return self._fit.model.effective_sample_size_

    @property
    def residual_covariance_(self) -> Array:
        """Residual covariance (q, q) of the targets."""
        return self._fit.model.residual_covariance_

    @property
    def diagnostics_(self) -> dict[str, Any]:
        """What the data do not determine: ``messages`` in words, everything else in numbers."""
        return self._fit.diagnostics()

    @property
    def _fit(self) -> Settled:
        if self._settled is None:
            raise EstimationError("not fitted yet: call fit first")
        return self._settled

    @property
    def _known(self) -> Sampled:
        if self._sampled is None:
            raise EstimationError("not fitted yet: call fit first")
        return self._sampled

    def _refuse(self, values: Sequence[Value]) -> None:
        """Refuse ferrimagnets among what the law has to explain."""
        if self._amounts is not None:
            for number, each in enumerate(values, 1):
                require_ferromagnet(self._amounts(each.x), f"row {number}, at {each.x},")

    def _structure(self, present: set[str]) -> Structure:
        """Targets that there are rows of, and M0 and Tc in any case."""
        pairs = [(name + CALCULATED, name) for name in (ZERO, CURIE)]
        targets = [t for calculated, name in pairs for t in ((calculated, name) if calculated in present else (name,))]
        given = self._parents or {name: (calculated,) for calculated, name in pairs}
        parents = {name: tuple(p for p in given.get(name, ()) if p in targets) for name in targets}
        return Structure(
            tuple(targets),
            tuple("calculation" if name.endswith(CALCULATED) else "experiment" for name in targets),
            {name: names for name, names in parents.items() if names},
            {name: self._active[name] for name in targets if name in self._active},
            tuple(name.removesuffix(CALCULATED) for name in targets),
        )


def _temperatures(temperature: ArrayLike, n: int) -> Array:
    T = np.asarray(temperature, dtype=np.float64)
    if T.shape not in {(), (n,)} or not np.all(np.isfinite(T) & (T >= 0.0)):
        raise DataError(f"temperature: expected one number from 0 K up, or {n} of them")
    return np.broadcast_to(T, n)
