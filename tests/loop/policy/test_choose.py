"""The whole choice on fitted models, against dense linear algebra."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from loop.assimilation import DataAssimilation
from loop.errors import DataError, PluginError
from loop.policy import DEFAULT_PAIR, FittedBelief, Objective, choose
from loop.records import Source


class Dense:
    """Component covariances of a posterior as plain matrices; conditioning by the Kalman update of each."""

    def __init__(self, model: DataAssimilation) -> None:
        self.posterior = model.posterior
        factor = self.posterior.factor
        self.covariances = np.linalg.inv(factor @ factor.swapaxes(1, 2))

    def deviation(self, X: np.ndarray, target: str) -> np.ndarray:
        """Law of total variance over the components."""
        unit = self.posterior.scaling.unit[self.posterior.structure.index(target)]
        h = self.posterior.rows(X, target)
        within = np.einsum("knp,kpq,knq->kn", h, self.covariances, h) * unit**2
        means, weights = self.posterior.mean(X, target), self.posterior.weights
        centre = weights @ means
        return np.sqrt(weights @ (within + (means - centre) ** 2))

    def observe(self, x: np.ndarray, target: str) -> None:
        t = self.posterior.structure.index(target)
        noise = self.posterior.noise(target) / self.posterior.scaling.unit[t] ** 2
        for k, h in enumerate(self.posterior.rows(x[None, :], target)[:, 0]):
            gain = self.covariances[k] @ h / (h @ self.covariances[k] @ h + noise[k])
            self.covariances[k] -= np.outer(gain, h @ self.covariances[k])


def _choose(model: DataAssimilation, X: Any, **options: Any) -> list[Any]:
    return choose(model, X, rng=np.random.default_rng(0), **options)


@pytest.mark.parametrize("kind", ["model", "mixture"])
def test_max_uncertainty_is_sequential_dense_conditioning(
    kind: str, points: np.ndarray, request: pytest.FixtureRequest
) -> None:
    model = request.getfixturevalue(kind)
    dense, taken = Dense(model), []
    for _ in range(5):
        score = dense.deviation(points, "c")
        score[taken] = -np.inf
        taken.append(int(np.argmax(score)))
        dense.observe(points[taken[-1]], "c")
    found = _choose(model, points, n_experiments=0, n_calculations=5, calculation_rule="max_uncertainty")
    assert [proposal.index for proposal in found] == taken


@pytest.mark.parametrize("kind", ["model", "mixture"])
def test_ucb_is_sequential_dense_conditioning(kind: str, points: np.ndarray, request: pytest.FixtureRequest) -> None:
    model = request.getfixturevalue(kind)
    dense, taken = Dense(model), []
    mean = model.predict(points, "e")
    for _ in range(4):
        score = mean + 2 * dense.deviation(points, "e")
        score[taken] = -np.inf
        taken.append(int(np.argmax(score)))
        dense.observe(points[taken[-1]], "e")
    found = _choose(model, points, n_experiments=4, n_calculations=0, experiment_rule="ucb")
    assert [proposal.index for proposal in found] == taken


def test_belief_is_the_prediction(mixture: DataAssimilation, points: np.ndarray) -> None:
    belief = FittedBelief(mixture)
    mean, deviation = mixture.predict(points, "e", return_std=True)
    assert belief.mean(points, "e") == pytest.approx(mean, rel=1e-10)
    assert belief.deviation(points, "e") == pytest.approx(deviation, rel=1e-10)
    assert belief.deviation(points, "c") == pytest.approx(Dense(mixture).deviation(points, "c"), rel=1e-6)


def test_pending_counts_as_done(mixture: DataAssimilation, points: np.ndarray) -> None:
    dense = Dense(mixture)
    pending = [(points[2].tolist(), "c"), (points[5].tolist(), "e")]
    for x, target in pending:
        dense.observe(np.array(x), target)
    (found,) = _choose(
        mixture, points, n_experiments=0, n_calculations=1, pending=pending, calculation_rule="max_uncertainty"
    )
    assert found.index == int(np.argmax(dense.deviation(points, "c")))
    assert found.reason.deviation == pytest.approx(dense.deviation(points, "c").max(), rel=1e-6)


def test_data_without_values_leave_the_means_alone(mixture: DataAssimilation, points: np.ndarray) -> None:
    belief = FittedBelief(mixture)
    after = belief.conditioned(points[:3], "c")
    assert np.array_equal(after.mean(points, "e"), belief.mean(points, "e"))
    assert (after.deviation(points, "e") <= belief.deviation(points, "e") + 1e-12).all()
    assert (after.deviation(points[:3], "c") < belief.deviation(points[:3], "c")).all()


def test_none_means_the_recommended_pair(mixture: DataAssimilation, points: np.ndarray) -> None:
    found = _choose(mixture, points, experiment_rule=None, calculation_rule=None, objective=None, costs=None)
    assert [(p.source, p.reason.rule, p.target) for p in found] == [
        ("experiment", DEFAULT_PAIR[0], "e"), *[("calculation", DEFAULT_PAIR[1], "c")] * 5
    ]  # fmt: skip


def test_source_rule_asks_for_the_largest_prediction(mixture: DataAssimilation, points: np.ndarray) -> None:
    (found,) = _choose(mixture, points, experiment_rule="greedy", n_calculations=0)
    mean = mixture.predict(points, "e")
    assert found.x == tuple(points[np.argmax(mean)])
    assert found.reason.mean == pytest.approx(mean.max())
    assert str(points[np.argsort(-mean)[1]].tolist()) == found.reason.runner_up


def test_minimizing_asks_for_the_smallest(mixture: DataAssimilation, points: np.ndarray) -> None:
    objective = Objective("e", "minimize")
    (found,) = _choose(mixture, points, experiment_rule="greedy", n_calculations=0, objective=objective)
    assert found.index == int(np.argmin(mixture.predict(points, "e")))


def test_calculations_have_their_own_candidates_and_costs(mixture: DataAssimilation, points: np.ndarray) -> None:
    found = _choose(
        mixture, points[:4], calculation_candidates=points[4:], costs={"experiment": 9.0, "calculation": 0.5}
    )
    mine = {tuple(point) for point in points[:4]}
    assert {proposal.x in mine for proposal in found if proposal.source == Source.EXPERIMENT} == {True}
    assert {proposal.x in mine for proposal in found if proposal.source == Source.CALCULATION} == {False}
    assert [proposal.cost for proposal in found] == [9.0] + [0.5] * 5


@pytest.mark.parametrize(("n_experiments", "n_calculations"), [(0, 0), (12, 12), (99, 99), (1, 0)])
def test_never_more_than_there_are(
    model: DataAssimilation, points: np.ndarray, n_experiments: int, n_calculations: int
) -> None:
    found = _choose(model, points, n_experiments=n_experiments, n_calculations=n_calculations)
    counts = [sum(proposal.source == source for proposal in found) for source in Source]
    assert counts == [min(n_experiments, 12), min(n_calculations, 12)]


def test_no_candidates_no_proposals(model: DataAssimilation) -> None:
    assert _choose(model, np.empty((0, 2))) == []


def test_every_proposal_has_its_numbers(model: DataAssimilation, points: np.ndarray) -> None:
    for proposal in _choose(model, points):
        assert proposal.x == tuple(points[proposal.index])
        assert math.isfinite(proposal.reason.mean + proposal.reason.deviation + proposal.reason.acquisition)
        assert proposal.reason.text


@pytest.mark.parametrize(
    "X",
    [
        np.array([0.1, 0.2]), np.array([[0.1, np.nan]]), np.array([[0.1, np.inf]]), np.array([[0.1]]),
        np.array([[0.1, 0.2, 0.3]]), [["a", "b"]], np.zeros((1, 1, 2)), None,
    ],
    ids=["one axis", "NaN", "inf", "too few columns", "too many columns", "text", "three axes", "None"],
)  # fmt: skip
def test_wrong_candidates_are_refused(model: DataAssimilation, points: np.ndarray, X: Any) -> None:
    with pytest.raises(DataError, match="candidates"):
        _choose(model, X)
    if X is not None:
        with pytest.raises(DataError, match="calculation_candidates"):
            _choose(model, points, calculation_candidates=X)


def test_an_unknown_rule_is_refused(model: DataAssimilation, points: np.ndarray) -> None:
    with pytest.raises(PluginError, match="no rule 'best'"):
        _choose(model, points, experiment_rule="best")
