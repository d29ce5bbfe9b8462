"""Polishing: the surface is what the rule ranks by, and the rule never loses by it."""

from __future__ import annotations

import numpy as np
import pytest

from loop.assimilation import DataAssimilation, PolynomialBasis, Structure
from loop.policy import FittedBelief, Objective, Smooth, refined, rule_named
from loop.space import Linear, Space, Variable

AB = ("a", "b")
SPACE = Space((Variable("a", 0, 1), Variable("b", 0, 1)), None, (Linear.parse("a + b <= 1.2", AB),))
EXACT = ("greedy", "ucb", "expected_improvement", "thompson", "max_uncertainty", "toward_optimum", "alternating")


@pytest.fixture(scope="module")
def belief() -> FittedBelief:
    rng = np.random.default_rng(4)
    X = rng.uniform(0, 1, (24, 2))
    truth = 1 - (X[:, 0] - 0.62) ** 2 - 2 * (X[:, 1] - 0.37) ** 2
    Y = np.full((24, 2), np.nan)
    Y[:16, 0] = truth[:16] + rng.normal(0, 0.02, 16)
    Y[16:, 1] = truth[16:] - 0.3 + rng.normal(0, 0.03, 8)
    structure = Structure(("calc", "expt"), sources=("calculation", "experiment"), parents={"expt": ("calc",)},
                          active={"expt": ("1",)})  # fmt: skip
    model = DataAssimilation(PolynomialBasis(2, 2, variables=AB), structure).fit(X, Y)
    return FittedBelief(model, Objective("expt"))


def _candidates() -> np.ndarray:
    X = np.random.default_rng(1).uniform(0, 1, (60, 2)).round(3)
    return X[SPACE.allows(X)]


def _target(rule: str) -> str:
    return "calc" if rule in {"max_uncertainty", "toward_optimum", "alternating"} else "expt"


@pytest.mark.parametrize("rule", EXACT)
def test_the_surface_is_what_the_rule_ranks_by(rule: str, belief: FittedBelief) -> None:
    X, call, target = _candidates(), rule_named(rule), _target(rule)
    assert isinstance(call, Smooth)
    (pick,) = call(belief, X, 1, target=target, sign=1.0, rng=np.random.default_rng(7))
    surface = call.surface(belief, X, target=target, sign=1.0, rng=np.random.default_rng(7))
    values = surface(X)
    assert int(np.argmax(values)) == pick.index
    assert values[pick.index] == pytest.approx(pick.acquisition, rel=1e-9)


@pytest.mark.parametrize("rule", ["expected_improvement", "toward_optimum"])
def test_the_surface_counts_the_cost(rule: str, belief: FittedBelief) -> None:
    X, call, target = _candidates(), rule_named(rule), _target(rule)
    assert isinstance(call, Smooth)
    priced = belief.priced(lambda P: 0.1 + 2 * P[:, 0])
    (pick,) = call(priced, X, 1, target=target, sign=1.0, rng=np.random.default_rng(7))
    values = call.surface(priced, X, target=target, sign=1.0, rng=np.random.default_rng(7))(X)
    assert int(np.argmax(values)) == pick.index
    assert values[pick.index] == pytest.approx(pick.acquisition, rel=1e-9)


@pytest.mark.parametrize("rule", [rule for rule in EXACT if rule != "expected_improvement"])
def test_polished_points_are_allowed_and_rank_no_lower(rule: str, belief: FittedBelief) -> None:
    X, target = _candidates(), _target(rule)
    points = refined(
        SPACE, belief, X, 2, rule=rule, target=target, ranking=target, sign=1.0, rng=np.random.default_rng(7)
    )
    assert SPACE.allows(points).all()
    assert len(np.unique(np.vstack([X, points]), axis=0)) == len(X) + len(points)
    before, after = (
        rule_named(rule)(belief, Z, 1, target=target, sign=1.0, rng=np.random.default_rng(7))[0].acquisition
        for Z in (X, np.vstack([X, points]))
    )
    assert after >= before


@pytest.mark.parametrize("rule", ["expected_improvement", "probable_optimum"])
def test_rules_that_rank_against_the_candidates_get_points_as_well(rule: str, belief: FittedBelief) -> None:
    """Their incumbents, or what they call best, rise with the points that are added: no values to compare."""
    rng = np.random.default_rng(7)
    points = refined(SPACE, belief, _candidates(), 2, rule=rule, target="expt", ranking="expt", sign=1.0, rng=rng)
    assert len(points)
    assert SPACE.allows(points).all()


def test_the_best_prediction_becomes_the_optimum_of_the_prediction(belief: FittedBelief) -> None:
    X = _candidates()
    points = refined(
        SPACE, belief, X, 1, rule="greedy", target="expt", ranking="expt", sign=1.0, rng=np.random.default_rng(0)
    )
    dense = np.stack(np.meshgrid(*[np.linspace(0, 1, 401)] * 2), axis=-1).reshape(-1, 2)
    dense = dense[SPACE.allows(dense)]
    assert belief.mean(points, "expt").max() >= belief.mean(dense, "expt").max() - 1e-5
    assert belief.mean(points, "expt").max() > belief.mean(X, "expt").max()


def test_the_generator_is_left_alone_and_decides(belief: FittedBelief) -> None:
    X, rng = _candidates(), np.random.default_rng(3)
    state = rng.bit_generator.state
    first, second = (
        refined(SPACE, belief, X, 2, rule="thompson", target="expt", ranking="expt", sign=1.0, rng=rng) for _ in "ab"
    )
    assert rng.bit_generator.state == state
    assert np.array_equal(first, second)


def test_a_rule_without_a_surface_gets_nothing(belief: FittedBelief) -> None:
    rng = np.random.default_rng(3)
    found = refined(SPACE, belief, _candidates(), 2, rule="random", target="expt", ranking="expt", sign=1.0, rng=rng)
    assert found.shape == (0, 2)


def test_steps_stay_on_their_steps(belief: FittedBelief) -> None:
    stepped = Space((Variable("a", 0, 1, 0.05), Variable("b", 0, 1)))
    X = np.random.default_rng(1).uniform(0, 1, (40, 2))
    X[:, 0] = stepped.variables[0].snapped(X[:, 0])
    points = refined(
        stepped, belief, X, 3, rule="ucb", target="expt", ranking="expt", sign=1.0, rng=np.random.default_rng(0)
    )
    assert len(points)
    assert stepped.allows(points).all()
    assert set(points[:, 0]) <= set(X[:, 0])
