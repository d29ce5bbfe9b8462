"""What a rule may know of the model: means, deviations, and what they would be after more data."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import numpy as np

from loop.assimilation import DataAssimilation, Posterior
from loop.assimilation.arrays import Array
from loop.assimilation.collapsed import CHUNK, Collapsed
from loop.policy.covariances import Covariances
from loop.policy.curves import Curves
from loop.policy.gaussian import Gaussian
from loop.policy.measured import measured
from loop.policy.worth import Worth
from loop.space.cost import Cost, costs_at

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
        self.asked: str | None = None
        self.cost: Cost | None = None
        self._collapsed: dict[str, Collapsed] = {}
        self._crossed: dict[tuple[str, str], Array] = {}

    def mean(self, X: np.ndarray, target: str) -> np.ndarray:
        """See :class:`Belief`."""
        return self.moments(X, target)[0]

    def deviation(self, X: np.ndarray, target: str) -> np.ndarray:
        """See :class:`Belief`."""
        return self.moments(X, target)[1]

    def moments(self, X: np.ndarray, target: str) -> tuple[np.ndarray, np.ndarray]:
        """Mean (n,) and deviation (n,) at once, for the time of one of them; of the worth, for the objective's target.

        The moments of a worth are those of a sum: every covariance between its targets counts.
        """
        worth = self.worth(target)
        if worth is None:
            return self._plain(X, target)
        *factors, mean = worth.at(X)
        found = [self._plain(X, name) for name in worth.targets]
        if len(found) == 1:
            return factors[0] * found[0][0] + mean, found[0][1] * np.abs(factors[0])
        variance = np.zeros(len(X))
        for i, (factor, (own, deviation)) in enumerate(zip(factors, found, strict=True)):
            mean, variance = mean + factor * own, variance + (factor * deviation) ** 2
            for j in range(i):
                cross = self._between(X, worth.targets[i], worth.targets[j])
                variance += 2.0 * factor * factors[j] * cross
        return mean, np.sqrt(np.maximum(variance, 0.0))

    def worth(self, target: str) -> Worth | None:
        """What the objective makes of a target and others; None where the target is taken as it is."""
        return None if self.objective is None or target != self.objective.target else self.objective.worth

    def design(self, X: np.ndarray, target: str) -> dict[str, np.ndarray]:
        """Rows (n, p) on the coefficients of each target that a target, or its worth, is a linear function of."""
        rows, worth = self.posterior.basis.design(X), self.worth(target)
        if worth is None:
            return {target: rows}
        return {name: rows * factor[:, None] for name, factor in zip(worth.targets, worth.at(X)[:-1], strict=True)}

    def plain(self) -> FittedBelief:
        """Return the same belief in the targets' own units, without an objective."""
        twin = self._twin()
        twin.objective, twin.memory, twin._covariances = None, {}, self._covariances
        return twin

    def asking(self, target: str, done: np.ndarray | None = None) -> FittedBelief:
        """Return the same belief for requests of another target, with the points (a, d) where that was measured."""
        twin = self._twin()
        twin.asked, twin.done, twin._covariances = target, done, self._covariances
        return twin

    def priced(self, cost: Cost) -> FittedBelief:
        """Return the same belief for rules that are to rank per cost of one request."""
        twin = self._twin()
        twin.cost, twin._covariances, twin._gaussian = cost, self._covariances, self._gaussian
        return twin

    def weights(self, X: np.ndarray) -> np.ndarray | None:
        """What an acquisition at the points X (n, d) is divided by, (n,); None where costs do not count."""
        price = self.price(X)
        return None if price is None else price(X)

    def price(self, X: np.ndarray) -> Callable[[np.ndarray], np.ndarray] | None:
        """What an acquisition is divided by, from points (m, d) to (m,); None where costs do not count.

        What is free counts as a billionth of the dearest of the candidates X (n, d).
        """
        cost = self.cost
        least = 0.0 if cost is None else 1e-9 * float(costs_at(cost, X, "one request").max(initial=0.0))
        if cost is None or least == 0.0:
            return None
        # Not checked: polishing may look where nothing can be asked for.
        return lambda P: np.maximum(np.broadcast_to(cost(P) if callable(cost) else cost, len(P)), least)

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
        worth = self.worth(target)
        targets = (target,) if worth is None else worth.targets
        return Curves(self.posterior.basis, self.posterior.draw_jointly(count, targets, rng), worth)

    def components(self, X: np.ndarray, target: str) -> tuple[Array, Array, Array]:
        """Weights (k,), means (k, n) and deviations (k, n) given θ, awaited data counted. For few points."""
        columns, worth = self.posterior.basis.columns(X), self.worth(target)
        targets = (target,) if worth is None else worth.targets
        *factors, constant = np.stack([np.ones(len(X)), np.zeros(len(X))]) if worth is None else worth.at(X)
        means = np.broadcast_to(constant, (len(self.posterior.weights), len(X)))
        variance = np.zeros(means.shape)
        for factor, name in zip(factors, targets, strict=True):
            means = means + factor * (self.posterior.curves(name) @ columns)
            for other, partner in zip(factors, targets, strict=True):
                within = self.covariances.components(name, partner)
                parts = [np.einsum("ij,ij->j", columns, matrix @ columns) for matrix in within]
                variance += factor * other * np.array(parts)
        return self.posterior.weights, means, np.sqrt(np.maximum(variance, 0.0))

    def gaussian(self) -> Gaussian:
        """First two moments of all curves, awaited data counted."""
        if self._gaussian is None:
            self._gaussian = self._joint()
        return self._gaussian

    def _twin(self) -> FittedBelief:
        twin = FittedBelief(self.posterior, self.objective, self.domain, self.done)
        twin.statistics, twin.awaited, twin.memory = self.statistics, self.awaited, self.memory
        twin.asked, twin.cost = self.asked, self.cost
        return twin

    def _plain(self, X: np.ndarray, target: str) -> tuple[np.ndarray, np.ndarray]:
        if target not in self._collapsed:
            self._collapsed[target] = self._collapse(target)
        return self._collapsed[target].evaluate(X)

    def _between(self, X: np.ndarray, first: str, second: str) -> np.ndarray:
        """Covariance (n,) of two targets at the same points X (n, d)."""
        if (first, second) not in self._crossed:
            self._crossed[first, second] = self.covariances.collapsed(first, second)
        parts = [np.empty(0)]
        for start in range(0, len(X), CHUNK):
            columns = self.posterior.basis.columns(X[start : start + CHUNK])
            parts.append(np.einsum("ij,ij->j", columns, self._crossed[first, second] @ columns))
        return np.concatenate(parts)

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
