"""Goals and constraints, and that no proposal violates one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loop.assimilation import DataAssimilation
from loop.errors import CampaignError
from loop.policy import Constraint, FittedBelief, Objective, choose, rule_named
from loop.policy.constraint import feasible
from loop.space import Space, Variable

RULES = ["greedy", "ucb", "thompson", "expected_improvement", "probable_optimum", "random", "max_uncertainty"]


@pytest.mark.parametrize(
    ("goal", "value", "expected"),
    [("maximize", None, [1.0, -2.0]), ("minimize", None, [-1.0, 2.0]), ("hit", 0.5, [-0.5, -2.5])],
)
def test_utility(goal: Any, value: float | None, expected: list[float]) -> None:
    objective = Objective("e", goal, value)
    assert objective.utility(np.array([1.0, -2.0])).tolist() == expected


@pytest.mark.parametrize(("goal", "value"), [("maximize", None), ("minimize", None), ("hit", 0.3)])
def test_optimism_is_the_best_utility_within_the_margin(goal: Any, value: float | None) -> None:
    objective, mean = Objective("e", goal, value), np.array([0.0, 0.25, 2.0])
    inside = mean[:, None] + np.linspace(-0.1, 0.1, 2001)
    assert objective.optimistic(mean, np.full(3, 0.1)) == pytest.approx(objective.utility(inside).max(axis=1), abs=1e-4)


@pytest.mark.parametrize(("goal", "value"), [("hit", None), ("hit", float("nan")), ("maximize", 1.0), ("best", None)])
def test_contradictions_are_refused(goal: Any, value: float | None) -> None:
    with pytest.raises(CampaignError, match="goal"):
        Objective("e", goal, value)


@pytest.mark.parametrize(
    "bounds", [{}, {"low": 2.0, "high": 1.0}, {"low": 1.0, "confidence": 0.0}, {"high": 1.0, "confidence": 1.0}]
)
def test_senseless_constraints_are_refused(bounds: dict[str, float]) -> None:
    with pytest.raises(CampaignError, match="constraint on 'c'"):
        Constraint("c", **bounds)


@pytest.mark.parametrize("bounds", [(None, 1.2), (0.8, None), (0.8, 1.2)])
def test_feasibility_is_a_probability(
    bounds: tuple[float | None, float | None], model: DataAssimilation, points: np.ndarray
) -> None:
    belief = FittedBelief(model)
    values = belief.draw(20000, "c", np.random.default_rng(0)).values(points)
    low, high = (-np.inf if bounds[0] is None else bounds[0]), (np.inf if bounds[1] is None else bounds[1])
    expected = ((values >= low) & (values <= high)).mean(axis=1)
    assert Constraint("c", *bounds).probability(belief, points) == pytest.approx(expected, abs=0.02)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rule=st.sampled_from(RULES), low=st.floats(-1.0, 2.0), confidence=st.floats(0.05, 0.95), seed=st.integers(0, 99),
    target=st.sampled_from(["c", "e"]),
)  # fmt: skip
def test_no_experiment_violates_a_constraint(
    rule: str, low: float, confidence: float, seed: int, target: str, model: DataAssimilation
) -> None:
    X = np.random.default_rng(seed).uniform(size=(40, 2))
    constraint = Constraint(target, low=low, confidence=confidence)
    objective = Objective("e", constraints=(constraint,))
    found = choose(
        model, X, n_experiments=4, n_calculations=2, experiment_rule=rule, objective=objective,
        rng=np.random.default_rng(seed),
    )  # fmt: skip
    belief = FittedBelief(model)
    asked = np.array([each.x for each in found if each.source == "experiment"]).reshape(-1, 2)
    assert (constraint.probability(belief, asked) >= confidence).all()
    assert len(asked) == min(4, len(feasible(belief, X, (constraint,))))
    assert sum(each.source == "calculation" for each in found) == 2
    assert all(tuple(X[each.index]) == each.x for each in found)


@pytest.mark.parametrize("rule", ["greedy", "ucb", "expected_improvement", "probable_optimum", "thompson"])
def test_a_value_is_hit(rule: str, mixture: DataAssimilation) -> None:
    X = np.random.default_rng(1).uniform(size=(200, 2))
    (found,) = choose(
        mixture, X, n_calculations=0, experiment_rule=rule, objective=Objective("e", "hit", 0.4),
        rng=np.random.default_rng(0),
    )  # fmt: skip
    mean, deviation = mixture.predict(X[[found.index]], "e", return_std=True)
    assert abs(mean[0] - 0.4) < 4 * deviation[0] + 0.02


def test_ucb_hits_within_its_margin(points: np.ndarray, mixture: DataAssimilation) -> None:
    known = FittedBelief(mixture, Objective("e", "hit", 0.4))
    (pick,) = rule_named("ucb")(known, points, 1, target="e", sign=1.0, rng=np.random.default_rng(0))
    mean, deviation = known.moments(points, "e")
    assert pick.index == int(np.argmax(2 * deviation - np.abs(mean - 0.4)))


def test_a_space_is_scattered_and_kept_to(mixture: DataAssimilation) -> None:
    space = Space((Variable("a", 0.2, 0.7), Variable("b", 0.0, 0.5)))
    found = choose(mixture, space, n_experiments=3, n_calculations=3, rng=np.random.default_rng(0))
    assert len(found) == 6
    for each in found:
        space.check(each.x)


def test_pending_requests_are_not_asked_again(mixture: DataAssimilation, points: np.ndarray) -> None:
    pending = [(points[i].tolist(), target) for i in (0, 3, 7) for target in ("c", "e")]
    for rule in RULES:
        found = choose(
            mixture, points, n_experiments=12, n_calculations=12, experiment_rule=rule, pending=pending,
            rng=np.random.default_rng(0),
        )  # fmt: skip
        assert len(found) == 18
        assert not {each.index for each in found} & {0, 3, 7}
        assert all(tuple(points[each.index]) == each.x for each in found)


def test_calculations_go_on_without_candidates_for_experiments(mixture: DataAssimilation, points: np.ndarray) -> None:
    found = choose(mixture, points[:0], calculation_candidates=points, rng=np.random.default_rng(0))
    assert [each.source for each in found] == ["calculation"] * 5


def test_costs_may_depend_on_the_point(mixture: DataAssimilation, points: np.ndarray) -> None:
    found = choose(
        mixture, points, costs={"experiment": lambda X: 1 + X[:, 0], "calculation": 0.1}, rng=np.random.default_rng(0)
    )
    assert [each.cost for each in found] == [1 + found[0].x[0]] + [0.1] * 5


def test_the_reason_tells_rank_runner_up_and_lesson(mixture: DataAssimilation, points: np.ndarray) -> None:
    experiment, first, second, *_ = choose(mixture, points, rng=np.random.default_rng(0))
    assert "pick 1 of 1 among 12 candidates" in experiment.reason.text
    assert "expected to lower the deviation of e there from" in experiment.reason.text
    assert "pick 2 of 5" in second.reason.text
    assert "that of e at its predicted best from" in first.reason.text
    assert first.reason.runner_up in first.reason.text


def price(X: np.ndarray) -> np.ndarray:
    return 1 + 4 * X[:, 1]


@pytest.mark.parametrize("rule", ["greedy", "ucb", "expected_improvement", "probable_optimum", "thompson"])
def test_a_scale_is_part_of_what_is_sought(rule: str, mixture: DataAssimilation) -> None:
    """The definition of every rule for y(x)/price(x), from the mean, deviation and draws of y."""
    X = np.random.default_rng(2).uniform(size=(30, 2))
    objective = Objective("e", scale=lambda points: 1 / price(points))
    (found,) = choose(mixture, X, n_calculations=0, experiment_rule=rule, objective=objective, rng=_rng())
    mean, deviation = mixture.predict(X, "e", return_std=True)
    drawn = FittedBelief(mixture).draw(256 if rule == "probable_optimum" else 1, "e", _rng()).values(X)
    drawn = drawn / price(X)[:, None]
    near = drawn >= drawn.max(axis=0) - 0.01 * np.ptp(drawn, axis=0)
    best = {
        "greedy": mean / price(X),
        "ucb": (mean + 2 * deviation) / price(X),
        "thompson": drawn[:, 0],
        "probable_optimum": near.mean(axis=1) + 1e-4 * mean / price(X) / np.ptp(mean),
    }
    if rule in best:
        assert found.index == int(np.argmax(best[rule]))
    assert found.reason.mean == pytest.approx(mean[found.index])
    assert found.reason.deviation == pytest.approx(deviation[found.index])


def test_calculations_serve_the_scaled_objective(mixture: DataAssimilation) -> None:
    X = np.random.default_rng(2).uniform(size=(60, 2)) ** [0.1, 1.5]
    plain, same, cheap = (
        [each.index for each in choose(mixture, X, n_experiments=0, objective=objective, rng=_rng())]
        for objective in (
            Objective("e"), Objective("e", scale=lambda x: np.full(len(x), 3.0)),
            Objective("e", scale=lambda x: 1 / price(x)),
        )
    )  # fmt: skip
    assert plain == same != cheap


def test_a_senseless_scale_is_refused(mixture: DataAssimilation, points: np.ndarray) -> None:
    with pytest.raises(CampaignError, match="expected 12 finite factors"):
        choose(mixture, points, objective=Objective("e", scale=lambda x: np.full(len(x), np.nan)), rng=_rng())


def _rng() -> np.random.Generator:
    return np.random.default_rng(0)
