"""What is suspicious among calculated magnetizations, and what is not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.magnetism.sanity import Calculated, suspicion


def _others(n: int = 9, noise: float = 0.0) -> Calculated:
    points = np.linspace(0.0, 1.0, n)[:, None]
    wiggle = noise * np.cos(np.arange(n) * 2.4)
    return Calculated(points=points, values=2.2 + points[:, 0] - 1.5 * points[:, 0] ** 2 + wiggle, unit="muB/f.u.")


def _told(x: float, value: float, others: Calculated | None = None) -> str:
    return suspicion(np.array([x]), value, others or _others()) or ""


def test_what_fits_is_not_suspicious() -> None:
    for x in np.linspace(0.0, 1.0, 41):
        assert not _told(x, 2.2 + x - 1.5 * x**2)
    assert not _told(0.5, 2.2 + 0.5 - 1.5 * 0.25 * 1.01)


def test_next_to_nothing() -> None:
    assert "|M| = 0.001 muB/f.u., next to nothing, where its neighbours have 2.3" in _told(0.3, 0.001)
    assert "next to nothing" in _told(0.3, -0.001)
    assert not _told(0.3, 0.001, Calculated(np.array([[0.0], [0.1], [0.2]]), np.zeros(3), "T"))
    assert not _told(0.3, 0.001, Calculated(np.array([[0.0], [0.1]]), np.ones(2), "T"))


def test_a_moment_may_fade() -> None:
    points = np.linspace(0.0, 1.0, 11)[:, None]
    fading = Calculated(points, np.clip(2.0 - 2.5 * points[:, 0], 0.0, None), "muB/f.u.")
    assert not _told(0.83, 0.0, fading)
    assert not _told(0.72, 0.2, fading)


def test_a_jump() -> None:
    assert "1.4 muB/f.u. is a jump against its neighbours, which have 2.3" in _told(0.31, 1.4)
    assert "is a jump" in _told(0.31, 3.5)
    assert not _told(0.31, 1.4, _others(5))


def test_one_bad_neighbour_does_not_make_the_next_a_jump() -> None:
    good = _others(11)
    values = good.values.copy()
    values[4] = 0.9
    with_a_bad_one = Calculated(good.points, values, good.unit)
    assert not _told(0.35, 2.2 + 0.35 - 1.5 * 0.35**2, with_a_bad_one)


def test_two_solutions() -> None:
    assert _told(0.5, 1.1) == "two solutions for one composition: 1.1 and 2.325 muB/f.u."
    assert not _told(0.5, 2.3)


@given(st.permutations(range(9)), st.floats(0.01, 0.99), st.floats(0.0, 4.0))
def test_the_order_of_the_others_does_not_matter(order: list[int], x: float, value: float) -> None:
    others = _others(noise=0.02)
    turned = Calculated(others.points[order], others.values[order], others.unit)
    assert _told(x, value, others) == _told(x, value, turned)


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
def test_units_of_either_axis_do_not_matter(scale: float) -> None:
    others = _others()
    scaled = Calculated(others.points * scale, others.values * scale, others.unit)
    for x, value in ((0.31, 1.4), (0.31, 2.3), (0.31, 0.001)):
        assert bool(_told(x, value, others)) == bool(_told(x * scale, value * scale, scaled))
