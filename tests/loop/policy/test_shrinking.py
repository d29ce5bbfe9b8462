"""Lazy picks among many candidates are those of evaluating all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from loop.policy import FittedBelief, rule_named, shrinking


class Counted:
    """A belief that counts how many deviations it was asked for."""

    def __init__(self, belief: Any, asked: list[int]) -> None:
        self._belief, self.asked = belief, asked

    def mean(self, X: np.ndarray, target: str) -> np.ndarray:
        return np.asarray(self._belief.mean(X, target))

    def deviation(self, X: np.ndarray, target: str) -> np.ndarray:
        self.asked.append(len(X))
        return np.asarray(self._belief.deviation(X, target))

    def conditioned(self, X: np.ndarray, target: str) -> Counted:
        return Counted(self._belief.conditioned(X, target), self.asked)


def _picks(name: str, belief: Any, X: np.ndarray, target: str) -> list[Any]:
    return rule_named(name)(belief, X, 8, target=target, sign=1.0, rng=np.random.default_rng(0))


@pytest.mark.parametrize("name", ["max_uncertainty", "ucb", "alternating"])
@pytest.mark.parametrize("arranged", ["scattered", "grid", "twins"])
def test_lazy_is_exhaustive(name: str, arranged: str, belief: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    X = _candidates(arranged)
    whole = _picks(name, belief, X, "f")
    asked: list[int] = []
    monkeypatch.setattr(shrinking, "BLOCK", 16)
    lazy = _picks(name, Counted(belief, asked), X, "f")
    assert [(pick.index, pick.runner_up) for pick in lazy] == [(pick.index, pick.runner_up) for pick in whole]
    assert [pick.acquisition for pick in lazy] == pytest.approx([pick.acquisition for pick in whole])
    if arranged != "twins":
        assert sum(asked[1:]) < 7 * len(X) / 2


def _candidates(arranged: str) -> np.ndarray:
    if arranged == "scattered":
        return np.random.default_rng(0).uniform(size=(900, 2))
    axis = np.linspace(0, 1, 30 if arranged == "grid" else 3)
    grid = np.column_stack([axis.repeat(len(axis)), np.tile(axis, len(axis))])
    return np.vstack([grid] * (1 if arranged == "grid" else 20))


@pytest.mark.parametrize("name", ["max_uncertainty", "ucb"])
def test_lazy_is_exhaustive_for_a_mixture(name: str, mixture: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    X = np.random.default_rng(1).uniform(size=(500, 2))
    whole = _picks(name, FittedBelief(mixture), X, "c")
    monkeypatch.setattr(shrinking, "BLOCK", 8)
    assert [pick.index for pick in _picks(name, FittedBelief(mixture), X, "c")] == [pick.index for pick in whole]


def test_alternating_takes_turns(belief: Any, points: np.ndarray) -> None:
    taken: list[int] = []
    turn = int(np.random.default_rng(0).integers(2))
    for step in range(6):
        fresh = belief.conditioned(points[taken], "f") if taken else belief
        score = fresh.deviation(points, "f")
        if (turn + step) % 2:
            score = fresh.mean(points, "f") + 2 * score
        score[taken] = -np.inf
        taken.append(int(np.argmax(score)))
    found = rule_named("alternating")(belief, points, 6, target="f", sign=1.0, rng=np.random.default_rng(0))
    assert [pick.index for pick in found] == taken
