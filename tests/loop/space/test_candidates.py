"""Points scattered over the space: inside, even, and the same for the same seed."""

from __future__ import annotations

import numpy as np
import pytest

from loop.errors import CampaignError
from loop.space import Formula, Space, Variable, scattered

TRIANGLE = Space((Variable("a", 0, 1), Variable("b", 0, 1)), Formula.parse("Fe{1-a-b}Co{a}Ni{b}", ("a", "b")))


def _points(space: Space, count: int, seed: int = 0) -> np.ndarray:
    return scattered(space, count, np.random.default_rng(seed))


@pytest.mark.parametrize("count", [1, 10, 700])
def test_all_lie_in_the_space_and_are_enough(count: int) -> None:
    points = _points(TRIANGLE, count)
    assert len(points) >= count
    assert len(np.unique(points, axis=0)) == len(points)
    for point in points.tolist():
        TRIANGLE.check(point)


def test_the_allowed_corners_are_among_them() -> None:
    assert {(0, 0), (0, 1), (1, 0)} <= set(map(tuple, _points(TRIANGLE, 10).tolist()))


def test_they_spread_evenly() -> None:
    points = _points(TRIANGLE, 512)[3:]
    # centre of gravity and second moment of the triangle: 1/3 and 1/6
    assert points.mean(axis=0) == pytest.approx([1 / 3, 1 / 3], abs=0.02)
    assert (points**2).mean(axis=0) == pytest.approx([1 / 6, 1 / 6], abs=0.02)


def test_the_seed_decides() -> None:
    assert np.array_equal(_points(TRIANGLE, 20), _points(TRIANGLE, 20))
    assert not np.array_equal(_points(TRIANGLE, 20), _points(TRIANGLE, 20, seed=1))


@pytest.mark.parametrize("scale", [1e-9, 1e-3, 1e4, 1e12])
def test_any_scale_of_a_variable_will_do(scale: float) -> None:
    space = Space((Variable("v", -scale, 3 * scale), Variable("w", 0, 1)))
    points = _points(space, 100)
    assert len(np.unique(points[:, 0])) > 90
    assert points[:, 0].mean() == pytest.approx(scale, rel=0.1)


def test_constraints_that_leave_nothing_are_named() -> None:
    space = Space(
        (Variable("a", 0.5, 1), Variable("b", 0.5000001, 1)), Formula.parse("Fe{1-a-b}Co{a}Ni{b}", ("a", "b"))
    )
    with pytest.raises(CampaignError, match="only 0 of 65536 points"):
        _points(space, 3)
