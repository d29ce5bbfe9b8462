"""Every rule against its definition, by exhaustion."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Any

import numpy as np
import pytest

from loop.errors import PluginError
from loop.policy import rule, rule_named, rule_pair

NAMES = ["greedy", "max_uncertainty", "random", "ucb"]


def _rows(name: str, belief: Any, X: np.ndarray, count: int, sign: float = 1.0, seed: int = 0) -> list[int]:
    picks = rule_named(name)(belief, X, count, target="f", sign=sign, rng=np.random.default_rng(seed))
    return [pick.index for pick in picks]


def _exhaustive(name: str, belief: Any, X: np.ndarray, count: int, sign: float) -> list[int]:
    """Score every candidate not yet taken with a belief built anew from all picks so far; take the best."""
    taken: list[int] = []
    while len(taken) < min(count, len(X)):
        fresh = belief.conditioned(X[taken], "f") if taken else belief
        score = {
            "greedy": lambda i, b=fresh: sign * b.mean(X[[i]], "f")[0],
            "max_uncertainty": lambda i, b=fresh: b.deviation(X[[i]], "f")[0],
            "ucb": lambda i, b=fresh: sign * b.mean(X[[i]], "f")[0] + 2 * b.deviation(X[[i]], "f")[0],
        }[name]
        taken.append(max((i for i in range(len(X)) if i not in taken), key=score))
    return taken


@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("name", ["greedy", "max_uncertainty", "ucb"])
def test_a_batch_is_one_exhaustive_choice_after_the_other(
    name: str, sign: float, belief: Any, points: np.ndarray
) -> None:
    assert _rows(name, belief, points, 6, sign) == _exhaustive(name, belief, points, 6, sign)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("count", [0, 1, 11, 12, 50])
def test_never_more_than_there_are_and_never_twice(name: str, count: int, belief: Any, points: np.ndarray) -> None:
    rows = _rows(name, belief, points, count)
    assert len(rows) == len(set(rows)) == min(count, 12)


@pytest.mark.parametrize("name", ["greedy", "max_uncertainty", "ucb"])
@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_the_candidates_does_not_matter(name: str, seed: int, belief: Any, points: np.ndarray) -> None:
    order = np.random.default_rng(seed).permutation(len(points))
    assert [order[row] for row in _rows(name, belief, points[order], 5)] == _rows(name, belief, points, 5)


@pytest.mark.parametrize("name", ["greedy", "max_uncertainty", "ucb"])
@pytest.mark.parametrize("scale", [1e-6, 7.0, 1e6])
def test_the_unit_of_the_target_does_not_matter(name: str, scale: float, belief: Any, points: np.ndarray) -> None:
    scaled = type(belief)(belief.slope, belief.done, scale)
    assert _rows(name, scaled, points, 5) == _rows(name, belief, points, 5)


@pytest.mark.parametrize("name", ["greedy", "ucb"])
def test_minimizing_is_maximizing_the_negative(name: str, belief: Any, points: np.ndarray) -> None:
    negative = type(belief)(-belief.slope, belief.done)
    assert _rows(name, negative, points, 5, -1.0) == _rows(name, belief, points, 5)


def test_random_draws_every_candidate_about_as_often(belief: Any, points: np.ndarray) -> None:
    rule, rng = rule_named("random"), np.random.default_rng(0)
    drawn = [rule(belief, points, 3, target="f", sign=1.0, rng=rng) for _ in range(800)]
    counts = np.bincount([pick.index for picks in drawn for pick in picks], minlength=12)
    assert np.abs(counts - 200).max() < 5 * np.sqrt(800 * 3 / 12 * (1 - 3 / 12))


def test_the_runner_up_is_the_next_best(belief: Any, points: np.ndarray) -> None:
    (pick,) = rule_named("greedy")(belief, points, 1, target="f", sign=1.0, rng=np.random.default_rng(0))
    first, second = np.argsort(-belief.mean(points, "f"))[:2]
    assert (pick.index, pick.runner_up) == (first, second)
    assert pick.acquisition == pytest.approx(belief.mean(points[[first]], "f")[0])
    assert pick.runner_up_acquisition == pytest.approx(belief.mean(points[[second]], "f")[0])


def test_the_last_candidate_has_no_runner_up(belief: Any, points: np.ndarray) -> None:
    (pick,) = rule_named("ucb")(belief, points[:1], 1, target="f", sign=1.0, rng=np.random.default_rng(0))
    assert pick.runner_up is None
    assert np.isnan(pick.runner_up_acquisition)


def test_ties_go_to_the_first_row(belief: Any, points: np.ndarray) -> None:
    twins = np.vstack([points[3], points[3], points[3]])
    assert _rows("greedy", belief, twins, 3) == [0, 1, 2]


def test_source_rule_is_greedy_and_max_uncertainty() -> None:
    assert rule_pair("source_rule") == ("greedy", "max_uncertainty")
    with pytest.raises(PluginError, match="no pair of rules 'best'; there are source_rule"):
        rule_pair("best")


def test_an_unknown_rule_is_named_with_those_installed() -> None:
    with pytest.raises(PluginError, match=r"no rule 'best'; installed are .*greedy.*ucb"):
        rule_named("best")


def _installed(monkeypatch: pytest.MonkeyPatch, *values: str) -> None:
    points = [EntryPoint("mine", value, rule.GROUP) for value in values]
    monkeypatch.setattr(rule, "entry_points", lambda **_: points)


def test_a_broken_rule_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    _installed(monkeypatch, "no_such_module:Rule")
    with pytest.raises(PluginError, match=r"'mine' \(no_such_module:Rule\) cannot be loaded"):
        rule_named("mine")


def test_two_rules_of_one_name_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    _installed(monkeypatch, "loop.policy.greedy:Greedy", "loop.policy.max_uncertainty:MaxUncertainty")
    with pytest.raises(PluginError, match="two distributions register the rule 'mine'"):
        rule_named("mine")
