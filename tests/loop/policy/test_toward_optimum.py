"""``toward_optimum`` against its definition in dense covariances, and what it is built on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loop.assimilation import DataAssimilation, PolynomialBasis, Structure
from loop.policy import FittedBelief, Objective, choose, rule_named, toward_optimum
from loop.policy.covariances import Covariances
from loop.policy.optimum import optimum
from loop.policy.toward_optimum import TowardOptimum


class Joint:
    """Moments of calculation and experiment at the points, by the laws of total expectation and covariance."""

    def __init__(self, model: DataAssimilation, X: np.ndarray) -> None:
        posterior = model.posterior
        unit = posterior.scaling.unit
        h = np.concatenate([posterior.rows(X, "c") * unit[0], posterior.rows(X, "e") * unit[1]], axis=1)
        dense = np.linalg.inv(posterior.factor @ posterior.factor.swapaxes(1, 2))
        means = np.concatenate([posterior.mean(X, "c"), posterior.mean(X, "e")], axis=1)
        centred = means - posterior.weights @ means
        within = np.einsum("k,kap,kpq,kbq->ab", posterior.weights, h, dense, h)
        self.n, self.covariance = len(X), within + np.einsum("k,ka,kb->ab", posterior.weights, centred, centred)
        self.noise = {name: posterior.weights @ posterior.noise(name) for name in ("c", "e")}

    def observe(self, row: int, target: str) -> None:
        index = row + (self.n if target == "e" else 0)
        shared = self.covariance[:, index]
        self.covariance = self.covariance - np.outer(shared, shared) / (shared[index] + self.noise[target])

    def removed(self, weights: np.ndarray) -> np.ndarray:
        """Σ_j w_j cov(d_j, c(x))² / (var c(x) + noise) for every x, one sum after the other."""
        n = self.n
        shared, own = self.covariance[n:, :n], np.diagonal(self.covariance)[:n]
        centred = shared - weights @ shared
        return np.array([sum(weights * centred[:, x] ** 2) / (own[x] + self.noise["c"]) for x in range(n)])


@pytest.mark.parametrize("kind", ["model", "mixture"])
def test_a_batch_removes_most_of_the_differences_step_by_step(kind: str, request: pytest.FixtureRequest) -> None:
    model = request.getfixturevalue(kind)
    points = np.random.default_rng(5).uniform(size=(60, 2)) ** [0.1, 1.5]  # many of them about as good as the best
    belief = FittedBelief(model)
    rows, share = optimum(belief, points, "e", Objective("e"), np.random.default_rng(0)).share()
    assert len(rows) > 2
    weights = np.zeros(60)
    weights[rows] = share
    joint, taken = Joint(model, points), []
    total = weights @ np.diagonal(_centred(joint.covariance[60:, 60:], weights))
    scores = []
    for _ in range(5):
        score = joint.removed(weights)
        score[taken] = -np.inf
        taken.append(int(np.argmax(score)))
        scores.append(score.max() / total)
        joint.observe(taken[-1], "c")
    picks = TowardOptimum()(belief, points, 5, target="c", sign=1.0, rng=np.random.default_rng(0))
    assert [pick.index for pick in picks] == taken
    assert [pick.acquisition for pick in picks] == pytest.approx(scores, rel=1e-6)
    assert 0 < picks[0].acquisition <= 1


def _centred(covariance: np.ndarray, weights: np.ndarray) -> np.ndarray:
    flat = np.eye(len(weights)) - np.outer(np.ones(len(weights)), weights)
    return flat @ covariance @ flat.T


def test_the_removed_variance_is_what_conditioning_removes(mixture: DataAssimilation, points: np.ndarray) -> None:
    gaussian, basis = FittedBelief(mixture).gaussian(), mixture.basis
    contrast = basis.design(points[:3])
    before = gaussian.variance(points[:3], "e").sum()
    after = gaussian.conditioned(points[7], "c").variance(points[:3], "e").sum()
    assert before - after == pytest.approx(gaussian.explained(points[[7]], "c", {"e": contrast})[0], rel=1e-8)
    assert gaussian.total({"e": contrast}) == pytest.approx(before)


def test_one_place_left_is_made_certain_itself(mixture: DataAssimilation, points: np.ndarray) -> None:
    belief = FittedBelief(mixture, Objective("e"), points[[4]])
    picks = TowardOptimum()(belief, points, 1, target="c", sign=1.0, rng=np.random.default_rng(0))
    gaussian = belief.gaussian()
    score = gaussian.explained(points, "c", {"e": mixture.basis.design(points[[4]])})
    assert picks[0].index == int(np.argmax(score))


def test_calculations_tell_of_where_experiments_are_possible(mixture: DataAssimilation, points: np.ndarray) -> None:
    near, far = points[points[:, 1] < 0.5], points[points[:, 1] >= 0.5]
    picks = TowardOptimum()(
        FittedBelief(mixture, Objective("e"), near), far, 2, target="c", sign=1.0, rng=np.random.default_rng(0)
    )
    assert all(0 <= pick.index < len(far) for pick in picks)


@pytest.mark.parametrize("kind", ["model", "mixture"])
def test_conditioned_belief_is_the_conditioned_posterior(
    kind: str, points: np.ndarray, request: pytest.FixtureRequest
) -> None:
    posterior = request.getfixturevalue(kind).posterior
    belief: Any = FittedBelief(posterior)
    for target, rows in (("c", [0, 1, 5]), ("e", [2])):
        posterior, belief = posterior.conditioned(points[rows], target), belief.conditioned(points[rows], target)
    for target in ("c", "e"):
        mean, deviation = posterior.collapsed(target).evaluate(points)
        assert belief.mean(points, target) == pytest.approx(mean)
        assert belief.deviation(points, target) == pytest.approx(deviation, rel=1e-6)
        weights, means, spread = belief.components(points, target)
        assert means == pytest.approx(posterior.mean(points, target))
        assert spread**2 == pytest.approx(posterior.variance(points, target), rel=1e-6)
        assert weights == pytest.approx(posterior.weights)


def test_covariance_between_targets_is_that_of_draws(mixture: DataAssimilation) -> None:
    """Of the curves, over components and within: by sampling both targets from the same coefficients."""
    posterior, rng = mixture.posterior, np.random.default_rng(1)
    dense = np.linalg.inv(posterior.factor @ posterior.factor.swapaxes(1, 2))
    chosen = rng.choice(len(posterior.weights), 20000, p=posterior.weights)
    X, draws = rng.uniform(size=(6, 2)), []
    rows = [posterior.rows(X, name) * posterior.scaling.unit[i] for i, name in enumerate(("c", "e"))]
    for k in np.unique(chosen):
        beta = rng.multivariate_normal(posterior.coefficients[k], dense[k], int((chosen == k).sum()))
        draws.append(np.concatenate([beta @ rows[0][k].T, beta @ rows[1][k].T], axis=1))
    sampled = np.cov(np.concatenate(draws).T)[:6, 6:]
    design = mixture.basis.design(X)
    found = design @ Covariances.of(posterior).collapsed("c", "e") @ design.T
    assert found == pytest.approx(sampled, abs=0.05 * np.abs(sampled).max())


def test_what_tells_nothing_is_asked_where_it_is_uncertain(points: np.ndarray) -> None:
    """A calculation that no experiment leans on: the most uncertain first, as ``max_uncertainty`` has it."""
    rng = np.random.default_rng(2)
    Y = rng.normal(size=(12, 2))
    model = DataAssimilation(PolynomialBasis(2, 1), Structure(("c", "e")), "map").fit(points, Y)
    X = rng.uniform(size=(30, 2))
    belief = FittedBelief(model)
    picks = TowardOptimum()(belief, X, 4, target="c", sign=1.0, rng=np.random.default_rng(0))
    most = rule_named("max_uncertainty")(belief, X, 4, target="c", sign=1.0, rng=rng)
    assert [pick.index for pick in picks] == [pick.index for pick in most]


def test_many_candidates_are_shortlisted_for_later_picks(
    mixture: DataAssimilation, monkeypatch: pytest.MonkeyPatch
) -> None:
    X = np.random.default_rng(0).uniform(size=(3000, 2))
    whole = TowardOptimum()(FittedBelief(mixture), X, 4, target="c", sign=1.0, rng=np.random.default_rng(0))
    monkeypatch.setattr(toward_optimum, "SHORTLIST", 200)
    short = TowardOptimum()(FittedBelief(mixture), X, 4, target="c", sign=1.0, rng=np.random.default_rng(0))
    assert short[0] == whole[0]
    assert sum(pick.acquisition for pick in short) > 0.98 * sum(pick.acquisition for pick in whole)


@pytest.mark.parametrize("estimator", ["mle", "map", "bayes"])
def test_every_estimator_and_an_experiment_alone(estimator: str, points: np.ndarray) -> None:
    rng = np.random.default_rng(3)
    Y = (points @ [1.0, -1.0] + 0.1 * rng.normal(size=12))[:, None]
    alone = Structure(("e",), ("experiment",))
    found = choose(DataAssimilation(PolynomialBasis(2, 1), alone, estimator).fit(points, Y), points, rng=rng)
    assert [each.source for each in found] == ["experiment"]
    both = DataAssimilation(PolynomialBasis(2, 1), Structure(("c", "e"), parents={"e": ("c",)}), estimator)
    Y = np.column_stack([points @ [1.0, 0.0], Y[:, 0]]) + 0.1 * rng.normal(size=(12, 2))
    assert len(choose(both.fit(points, Y), rng.uniform(size=(40, 2)), rng=rng)) == 6
