"""Assimilation of calculation and experiment: the estimator that everything else uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from loop.assimilation.arrays import Array, generator
from loop.assimilation.basis import Basis
from loop.assimilation.fitted import Fitted, fit
from loop.assimilation.inference import estimator as find_estimator
from loop.assimilation.posterior import Posterior
from loop.assimilation.prior import Prior
from loop.assimilation.statistics import Statistics
from loop.assimilation.structure import Structure
from loop.errors import EstimationError


class DataAssimilation:
    """Learn calculation, experiment and their relation at once from rows that observe some (method.md, 2).

    Parameters
    ----------
    basis
        The p functions of the descriptors.
    structure
        Targets, parents, active functions.
    estimator
        "bayes" integrates the nonlinear parameters; "map" takes their mode; "mle" maximizes the
        complete likelihood. Standard deviations of the last two are conditional on those and too narrow.
    random_state
        Seed, or a generator. A seed starts afresh at every fit, so that the same data give the same bits.
    prior
        Widths of the prior; None is the one that was measured to work.
    centre, scale
        Offset and unit of the targets (a number or one each); None computes them from the statistics.
        Simulation-based calibration needs them given.

    References
    ----------
    Harashima et al., Phys. Rev. Materials 5, 013806 (2021); arXiv:2408.08539.
    """

    def __init__(
        self,
        basis: Basis,
        structure: Structure,
        estimator: str = "bayes",
        random_state: int | np.random.Generator | None = 0,
        *,
        prior: Prior | None = None,
        centre: ArrayLike | None = None,
        scale: ArrayLike | None = None,
    ) -> None:
        find_estimator(estimator)
        structure.active_indices(basis)
        self.basis, self.structure, self.estimator, self.random_state = (
            basis,
            structure,
            estimator,
            random_state,
        )
        self.prior, self.centre, self.scale = prior or Prior(), centre, scale
        self.statistics = Statistics(basis.size, structure.size)
        self._fitted: Fitted | None = None

    def fit(
        self, X: ArrayLike, Y: ArrayLike, Y_std: Any = None, noise_class: Any = None, weights: Any = None
    ) -> DataAssimilation:
        """Forget earlier rows and fit these.

        Parameters
        ----------
        X
            Points (n, d).
        Y
            Targets (n, q), NaN = not observed.
        Y_std, noise_class, weights
            Known standard uncertainties (n, q), labels (n,), weights (n,): see :meth:`Statistics.of` for what
            is exact.

        Returns
        -------
        DataAssimilation
            Itself.

        Raises
        ------
        DataError
            When shapes or values do not fit.
        EstimationError
            When the data cannot determine the model.
        """
        rows = Statistics.of(self.basis, self.structure.size, X, Y, Y_std, noise_class, weights)
        return self.fit_statistics(rows)

    def partial_fit(
        self, X: ArrayLike, Y: ArrayLike, Y_std: Any = None, noise_class: Any = None, weights: Any = None
    ) -> DataAssimilation:
        """Add rows to the statistics and fit; equal to one fit on all rows to rounding, in any order.

        Parameters, returns and raises are those of :meth:`fit`.
        """
        rows = Statistics.of(self.basis, self.structure.size, X, Y, Y_std, noise_class, weights)
        return self.fit_statistics(self.statistics + rows)

    def fit_statistics(self, statistics: Statistics) -> DataAssimilation:
        """Fit to statistics, for example of a sealed history; the time does not depend on the rows behind.

        Raises
        ------
        EstimationError
            When the data cannot determine the model; the statistics are kept.
        """
        self.statistics, self._fitted = statistics, None
        self._fitted = fit(self)
        return self

    def predict(
        self,
        X: ArrayLike,
        target: str | int = -1,
        return_std: bool = False,
        quantiles: Sequence[float] | None = None,
    ) -> Any:
        """Predict the noise-free target.

        Parameters
        ----------
        X
            Points (n, d).
        target
            Name or index; the last by default.
        return_std
            Also return the standard deviation.
        quantiles
            Also return these quantiles of the mixture (not mean ± multiples of a deviation).

        Returns
        -------
        Array or tuple of Array
            Mean (n,); then deviation (n,) if asked; then quantiles (n, len(quantiles)) if asked. Target
            units.

        Raises
        ------
        EstimationError
            Before a fit.
        """
        mean, deviation = self.posterior.collapsed(target).evaluate(X)
        found = [mean, deviation] if return_std else [mean]
        if quantiles is not None:
            found.append(self.posterior.quantiles(X, target, quantiles))
        return tuple(found) if len(found) > 1 else mean

    def foretell(
        self,
        X: ArrayLike,
        target: str,
        temperature: ArrayLike | None = None,  # noqa: ARG002
    ) -> tuple[Array, Array, Array]:
        """Predict values that might be measured.

        Parameters
        ----------
        X
            Points (n, d).
        target
            Its name.
        temperature
            At which each is measured, in K, (n,); only models that depend on it look at it.

        Returns
        -------
        tuple of Array
            Mean and standard deviation (n,) of the noise-free target, and the variance (n,) of one value about it.
        """
        mean, deviation = self.predict(X, target, return_std=True)
        index = self.structure.index(target)
        return mean, deviation, np.full(len(mean), self.residual_covariance_[index, index])

    def sample_y(self, X: ArrayLike, n_samples: int = 1, target: str | int = -1, random_state: Any = 0) -> Array:
        """Draw the noise-free target jointly over points.

        Parameters
        ----------
        X
            Points (n, d).
        n_samples
            Number of draws.
        target
            Name or index.
        random_state
            Seed or generator.

        Returns
        -------
        Array
            (n, n_samples), as in scikit-learn.
        """
        draws = self.posterior.draw(n_samples, target, generator(random_state))
        return np.asarray(self.basis.design(X) @ draws.T)

    def with_estimator(self, estimator: str) -> DataAssimilation:
        """Return an unfitted twin with another estimator and the same statistics."""
        twin = DataAssimilation(
            self.basis,
            self.structure,
            estimator,
            self.random_state,
            prior=self.prior,
            centre=self.centre,
            scale=self.scale,
        )
        twin.statistics = replace(self.statistics)
        return twin

    @property
    def posterior(self) -> Posterior:
        """The mixture over θ, for rules that choose what to do next."""
        return self._state.posterior

    @property
    def log_likelihood_(self) -> float:
        """Complete log likelihood at ``coef_`` and ``residual_covariance_``."""
        return self._state.log_likelihood

    @property
    def log_evidence_(self) -> float:
        """Log p(data): integrated ("bayes"), by Laplace ("map"), NaN ("mle"). Compare in fixed units."""
        return self._state.sample.log_evidence

    @property
    def coef_(self) -> Array:
        """Coefficients W (q, p) of the targets' means; the posterior mean for "bayes"."""
        return self._state.estimate.coefficients

    @property
    def precision_(self) -> Array:
        """(Λyx | Λyy), (q, p + q), consistent with ``coef_`` and ``residual_covariance_``."""
        return self._state.estimate.precision

    @property
    def residual_covariance_(self) -> Array:
        """Residual covariance Λyy⁻¹ (q, q); the posterior mean for "bayes"."""
        return self._state.estimate.covariance

    @property
    def effective_sample_size_(self) -> float:
        """Effective number of nodes of θ."""
        return self._state.sample.effective

    @property
    def diagnostics_(self) -> dict[str, Any]:
        """What the data do not determine: ``messages`` in words, everything else in numbers."""
        return self._state.diagnostics

    @property
    def _state(self) -> Fitted:
        if self._fitted is None:
            raise EstimationError("not fitted yet: call fit, partial_fit or fit_statistics first")
        return self._fitted
