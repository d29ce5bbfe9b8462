"""A function of targets as what is sought: against Monte-Carlo draws of all targets from the same worlds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loop.assimilation import DataAssimilation
from loop.errors import CampaignError
from loop.policy import FittedBelief, Objective, Worth, choose, rule_named
from loop.policy.curves import Curves
from loop.policy.optimum import optimum
from loop.policy.toward_optimum import TowardOptimum


def _coefficients(X: np.ndarray) -> np.ndarray:
    """0.7 c − (1 + 2 x₁) e + x₂."""
    return np.stack([np.full(len(X), 0.7), -(1.0 + 2.0 * X[:, 0]), X[:, 1]])


WORTH = Worth(("c", "e"), _coefficients)
OBJECTIVE = Objective("e", "minimize", worth=WORTH)


def _worlds(model: DataAssimilation, X: np.ndarray, count: int) -> np.ndarray:
    """Worths (n, s) made of both targets by coefficients drawn with dense covariances, component by component."""
    posterior, rng = model.posterior, np.random.default_rng(3)
    dense = np.linalg.inv(posterior.factor @ posterior.factor.swapaxes(1, 2))
    rows = [posterior.rows(X, name) for name in ("c", "e")]
    chosen, found = rng.choice(len(posterior.weights), count, p=posterior.weights), []
    c, e, rest = _coefficients(X)
    for k in np.unique(chosen):
        beta = rng.multivariate_normal(posterior.coefficients[k], dense[k], int((chosen == k).sum()))
        drawn = [beta @ h[k].T * posterior.scaling.unit[t] + posterior.scaling.centre[t] for t, h in enumerate(rows)]
        found.append(c * drawn[0] + e * drawn[1] + rest)
    return np.concatenate(found).T


@pytest.mark.parametrize("kind", ["model", "mixture"])
def test_moments_are_those_of_the_sum(kind: str, points: np.ndarray, request: pytest.FixtureRequest) -> None:
    model = request.getfixturevalue(kind)
    mean, deviation = FittedBelief(model, OBJECTIVE).moments(points, "e")
    drawn = _worlds(model, points, 20000)
    assert mean == pytest.approx(drawn.mean(axis=1), abs=0.05 * deviation.max())
    assert deviation == pytest.approx(drawn.std(axis=1), rel=0.05)


def test_components_mix_to_the_moments(mixture: DataAssimilation, points: np.ndarray) -> None:
    belief = FittedBelief(mixture, OBJECTIVE).conditioned(points[:2], "c")
    weights, means, deviations = belief.components(points, "e")
    mean, deviation = belief.moments(points, "e")
    assert weights @ means == pytest.approx(mean)
    assert np.sqrt(weights @ (deviations**2 + (means - mean) ** 2)) == pytest.approx(deviation, rel=1e-6)


def test_draws_of_all_targets_come_from_one_world(mixture: DataAssimilation, points: np.ndarray) -> None:
    belief = FittedBelief(mixture, OBJECTIVE)
    drawn = belief.draw(20000, "e", np.random.default_rng(0)).values(points)
    expected = _worlds(mixture, points, 20000)
    assert np.cov(drawn) == pytest.approx(np.cov(expected), abs=0.05 * np.var(expected, axis=1).max())


def test_one_target_is_drawn_as_it_always_was(mixture: DataAssimilation, points: np.ndarray) -> None:
    posterior = mixture.posterior
    alone = posterior.draw(5, "e", np.random.default_rng(0))
    together = posterior.draw_jointly(5, ("c", "e"), np.random.default_rng(0))
    assert np.array_equal(alone, together[1])
    curves = Curves(posterior.basis, together[1:])
    assert curves.values(points) == pytest.approx(mixture.basis.design(points) @ alone.T)


@pytest.mark.parametrize("rule", ["greedy", "ucb", "thompson", "probable_optimum"])
def test_every_rule_by_its_definition(rule: str, mixture: DataAssimilation) -> None:
    X = np.random.default_rng(2).uniform(size=(30, 2))
    (found,) = choose(
        mixture, X, n_calculations=0, experiment_rule=rule, objective=OBJECTIVE, rng=np.random.default_rng(0)
    )
    belief = FittedBelief(mixture, OBJECTIVE)
    mean, deviation = belief.moments(X, "e")
    drawn = belief.draw(256 if rule == "probable_optimum" else 1, "e", np.random.default_rng(0)).values(X)
    near = drawn <= drawn.min(axis=0) + 0.01 * np.ptp(drawn, axis=0)
    best = {
        "greedy": -mean,
        "ucb": 2 * deviation - mean,
        "thompson": -drawn[:, 0],
        "probable_optimum": near.mean(axis=1) - 1e-4 * mean / np.ptp(mean),
    }
    assert found.index == int(np.argmax(best[rule]))
    assert (found.reason.worth, found.reason.worth_deviation) == pytest.approx(
        (mean[found.index], deviation[found.index])
    )
    assert found.reason.mean == pytest.approx(mixture.predict(X[[found.index]], "e")[0])


def test_calculations_settle_where_the_worth_is_best(mixture: DataAssimilation) -> None:
    """The acquisition of ``toward_optimum`` is the share of variance that dense conditioning removes."""
    X = np.random.default_rng(2).uniform(size=(40, 2)) ** [0.2, 1.5]
    belief = FittedBelief(mixture, OBJECTIVE)
    rows, share = optimum(belief, X, "e", OBJECTIVE, np.random.default_rng(0)).share()
    assert len(rows) > 1
    (pick,) = TowardOptimum()(belief, X, 1, target="c", sign=-1.0, rng=np.random.default_rng(0))
    after = _spread(belief.gaussian().conditioned(X[pick.index], "c"), X[rows], share)
    removed = 1.0 - after / _spread(belief.gaussian(), X[rows], share)
    assert pick.acquisition == pytest.approx(removed, rel=1e-6)


def _spread(gaussian: Any, places: np.ndarray, share: np.ndarray) -> float:
    """Σ_j w_j var(w(p_j) − Σ_l w_l w(p_l)) in the joint covariance of both curves."""
    design = gaussian.basis.design(places)
    c, e, _ = _coefficients(places)
    rows = np.concatenate([design * c[:, None], design * e[:, None]], axis=1)
    size = 2 * gaussian.basis.size
    covariance = rows @ gaussian.covariance.reshape(size, size) @ rows.T
    flat = np.eye(len(share)) - np.outer(np.ones(len(share)), share)
    return float(share @ np.diagonal(flat @ covariance @ flat.T))


def test_a_worth_of_the_target_alone_is_the_target(mixture: DataAssimilation, points: np.ndarray) -> None:
    alone = Worth(("e",), lambda X: np.stack([np.ones(len(X)), np.zeros(len(X))]))
    for rule in ("greedy", "ucb", "expected_improvement", "probable_optimum", "thompson"):
        one, other = (
            choose(mixture, points, n_experiments=3, experiment_rule=rule, objective=each, rng=np.random.default_rng(0))
            for each in (Objective("e"), Objective("e", worth=alone))
        )
        assert [each.index for each in one] == [each.index for each in other]


@pytest.mark.parametrize("goal", ["maximize", "minimize"])
def test_a_twin_is_followed_in_the_direction_of_the_worth(
    goal: Any, mixture: DataAssimilation, points: np.ndarray
) -> None:
    """The worth falls with e, which leans on c: the calculated twin is sought low where the worth is sought high."""
    worth = Worth(("e",), lambda X: np.stack([-np.ones(len(X)), np.zeros(len(X))]))
    belief = FittedBelief(mixture, Objective("e", goal, worth=worth), points)
    (pick,) = rule_named("greedy")(
        belief, points, 1, target="c", sign=belief.objective.sign, rng=np.random.default_rng(0)
    )
    mean = mixture.predict(points, "c")
    assert pick.index == int(np.argmin(mean) if goal == "maximize" else np.argmax(mean))


@pytest.mark.parametrize(
    "coefficients", [lambda X: np.ones((1, len(X))), lambda X: np.full((3, len(X)), np.nan), lambda _: np.ones(3)]
)
def test_senseless_coefficients_are_refused(coefficients: Any, mixture: DataAssimilation, points: np.ndarray) -> None:
    objective = Objective("e", worth=Worth(("c", "e"), coefficients))
    with pytest.raises(CampaignError, match="the worth of c, e"):
        choose(mixture, points, objective=objective, rng=np.random.default_rng(0))


def test_contradictions_are_refused() -> None:
    with pytest.raises(CampaignError, match="does not depend on 'M'"):
        Objective("M", worth=WORTH)
    with pytest.raises(CampaignError, match="not both"):
        Objective("e", worth=WORTH, scale=lambda X: np.ones(len(X)))


@pytest.mark.parametrize(
    ("objective", "best", "so_far"),
    [
        (Objective("e"), 2, [1.0, 1.0, 4.0, 4.0]),
        (Objective("e", "minimize"), 3, [1.0, 0.5, 0.5, -2.0]),
        (Objective("e", "hit", 0.7), 1, [1.0, 0.5, 0.5, 0.5]),
    ],
)
def test_better_is_decided_in_one_place(objective: Objective, best: int, so_far: list[float]) -> None:
    worths = [1.0, 0.5, 4.0, -2.0]
    assert objective.best(worths) == best
    assert objective.best_so_far(worths).tolist() == so_far
    assert objective.best_so_far([]).tolist() == []
