"""What a rule may know of the model: means, deviations, and what they would be after more data."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

from loop.assimilation import DataAssimilation, Posterior
from loop.assimilation.arrays import Array
from loop.assimilation.collapsed import Collapsed
from loop.policy.covariances import Covariances
from loop.policy.curves import Curves
from loop.policy.gaussian import Gaussian
from loop.policy.measured import measured

if TYPE_CHECKING:
    from loop.policy.objective import Objective


class Belief(Protocol):
    """Predictions of noise-free targets, and their change by data whose values are not known yet."""

    def mean(self, X: np.ndarray, target: str) -> np.ndarray:
        """Predictive mean at the points X (n, d), shape (n,), in the target's unit."""

    def deviation(self, X: np.ndarray, target: str) -> np.ndarray:
        """Predictive standard deviation at the points X (n, d), shape (n,), in the target's unit."""

    def conditioned(self, X: np.ndarray, target: str) -> Belief:
        """The belief as if the target had been observed at the points X (k, d).

        No value is needed: means stay, deviations shrink.
        """


class FittedBelief:
    """The belief of a fitted model, θ integrated.

    Beyond a :class:`Belief` it draws curves, knows components and covariances, and remembers what is awaited.

    Parameters
    ----------
    model
        A fitted model, or its posterior.
    objective
        What is sought; rules that need it fall back on the last experimental target.
    domain
        Where experiments are possible, done or not, (n, d): the optimum is sought there. None takes a rule's own
        candidates.
    done
        Points (a, d) of experiments on the objective's target that were done, where candidates do not contain them;
        candidates that were done are recognized by :meth:`measured`.
    """

    def __init__(
        self,
        model: DataAssimilation | Posterior,
        objective: Objective | None = None,
        domain: np.ndarray | None = None,
        done: np.ndarray | None = None,
    ) -> None:
        self.posterior = model if isinstance(model, Posterior) else model.posterior
        self.statistics = None if isinstance(model, Posterior) else model.statistics
        self.objective, self.domain, self.done = objective, domain, done
        self.awaited: tuple[tuple[np.ndarray, str], ...] = ()
        self.memory: dict[str, object] = {}
        self._covariances: Covariances | None = None
        self._gaussian: Gaussian | None = None
        self._collapsed: dict[str, Collapsed] = {}

    def mean(self, X: np.ndarray, target: str) -> np.ndarray:
        """See :class:`Belief`."""
        return self.moments(X, target)[0]

    def deviation(self, X: np.ndarray, target: str) -> np.ndarray:
        """See :class:`Belief`."""
        return self.moments(X, target)[1]

    def moments(self, X: np.ndarray, target: str) -> tuple[np.ndarray, np.ndarray]:
        """Mean (n,) and deviation (n,) at once, for the time of one of them."""
        if target not in self._collapsed:
            self._collapsed[target] = self._collapse(target)
        mean, deviation = self._collapsed[target].evaluate(X)
        factors = self.factors(X, target)
        return (mean, deviation) if factors is None else (mean * factors, deviation * np.abs(factors))

    def factors(self, X: np.ndarray, target: str) -> np.ndarray | None:
        """Factors (n,) by which the objective scales values of a target, None where it does not."""
        return None if self.objective is None else self.objective.factors(X, target)

    def unscaled(self) -> FittedBelief:
        """Return the same belief in the targets' own units, without an objective."""
        twin = self._twin()
        twin.objective, twin.memory, twin._covariances = None, {}, self._covariances
        return twin

    def conditioned(self, X: np.ndarray, target: str) -> FittedBelief:
        """See :class:`Belief`; every component is conditioned given its θ."""
        child = self._twin()
        child.awaited = (*self.awaited, (np.asarray(X, dtype=float), target))
        child._covariances = self.covariances.conditioned(X, target)
        return child

    def measured(self, X: np.ndarray, target: str) -> np.ndarray:
        """Which of the points X (n, d) were observed already, (n,), as far as statistics tell."""
        if self.statistics is None:
            return np.zeros(len(X), dtype=bool)
        return measured(self.statistics, self.posterior.basis, X, self.posterior.structure.index(target))

    @property
    def covariances(self) -> Covariances:
        """Covariances of the components, awaited data counted."""
        if self._covariances is None:
            if "covariances" not in self.memory:
                self.memory["covariances"] = Covariances.of(self.posterior)
            found = self.memory["covariances"]
            assert isinstance(found, Covariances)  # noqa: S101
            self._covariances = found
        return self._covariances

    def draw(self, count: int, target: str, rng: np.random.Generator) -> Curves:
        """Draw curves jointly from what is known now: awaited data have no values yet, so they change nothing."""
        return Curves(
            self.posterior.basis, self.posterior.draw(count, target, rng), partial(self.factors, target=target)
        )

    def components(self, X: np.ndarray, target: str) -> tuple[Array, Array, Array]:
        """Weights (k,), means (k, n) and deviations (k, n) given θ, awaited data counted. For few points."""
        columns = self.posterior.basis.columns(X)
        own = self.covariances.components(target)
        variance = np.array([np.einsum("ij,ij->j", columns, matrix @ columns) for matrix in own])
        means, deviations = self.posterior.curves(target) @ columns, np.sqrt(np.maximum(variance, 0.0))
        factors = self.factors(X, target)
        if factors is not None:
            means, deviations = means * factors, deviations * np.abs(factors)
        return self.posterior.weights, means, deviations

    def gaussian(self) -> Gaussian:
        """First two moments of all curves, awaited data counted."""
        if self._gaussian is None:
            self._gaussian = self._joint()
        return self._gaussian

    def _twin(self) -> FittedBelief:
        twin = FittedBelief(self.posterior, self.objective, self.domain, self.done)
        twin.statistics, twin.awaited, twin.memory = self.statistics, self.awaited, self.memory
        return twin

    def _joint(self) -> Gaussian:
        targets, p = self.posterior.structure.targets, self.posterior.basis.size
        joint = np.empty((len(targets), p, len(targets), p))
        for t, first in enumerate(targets):
            for s, second in enumerate(targets[: t + 1]):
                joint[t, :, s] = self.covariances.collapsed(first, second)
                joint[s, :, t] = joint[t, :, s].T
        noise = np.array([self.posterior.weights @ self.posterior.noise(target) for target in targets])
        return Gaussian(self.posterior.basis, targets, joint, noise)

    def _collapse(self, target: str) -> Collapsed:
        if not self.awaited:
            return self.posterior.collapsed(target)
        values, vectors = np.linalg.eigh(self.covariances.collapsed(target, target))
        root = np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
        return Collapsed(self.posterior.basis, self.posterior.weights @ self.posterior.curves(target), root)


def moments(belief: Belief, X: np.ndarray, target: str) -> tuple[np.ndarray, np.ndarray]:
    """Mean (n,) and deviation (n,) of any belief, at once where it can."""
    if isinstance(belief, FittedBelief):
        return belief.moments(X, target)
    return belief.mean(X, target), belief.deviation(X, target)
