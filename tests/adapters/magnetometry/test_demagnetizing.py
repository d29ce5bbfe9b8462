"""Aharoni's factor against the integral it is the value of."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.magnetometry import demagnetizing_factor

LENGTH = st.floats(0.05, 20.0)


def _by_quadrature(a: float, b: float, c: float) -> float:
    """Energy of the charges ±1 on the two faces: D = (same face − opposite faces)/(2π·volume).

    The four integrals over two faces become two over their distances u, v, with the weights (a − u)(b − v). In polar
    coordinates the singularity of 1/r is gone.
    """
    t, w = np.polynomial.legendre.leggauss(120)
    t, w = 0.5 * (t + 1), 0.5 * w
    total = 0.0
    corner = math.atan2(b, a)
    for low, high in ((0.0, corner), (corner, math.pi / 2)):
        angle, by_angle = low + (high - low) * t, (high - low) * w
        reach = np.minimum(a / np.maximum(np.cos(angle), 1e-300), b / np.maximum(np.sin(angle), 1e-300))
        r, by_r = reach[:, None] * t, reach[:, None] * w
        weight = (a - r * np.cos(angle)[:, None]) * (b - r * np.sin(angle)[:, None])
        total += float((by_angle[:, None] * by_r * weight * (1 - r / np.sqrt(r * r + c * c))).sum())
    return 4 * total / (2 * math.pi * a * b * c)


@pytest.mark.parametrize("edges", [(1, 1, 1), (1.98, 1.99, 2.70), (1, 2, 3), (3, 2, 1), (5, 5, 0.5), (0.4, 0.6, 4)])
def test_it_is_the_value_of_the_integral(edges: tuple[float, float, float]) -> None:
    assert demagnetizing_factor(*edges) == pytest.approx(_by_quadrature(*edges), abs=2e-5)


def test_values_that_are_known() -> None:
    assert demagnetizing_factor(2, 2, 2) == pytest.approx(1 / 3, abs=1e-12)
    assert demagnetizing_factor(1.98, 1.99, 2.70) == pytest.approx(0.2683, abs=5e-5)
    assert demagnetizing_factor(1, 1, 1e-4) > 0.99
    assert 0 <= demagnetizing_factor(1, 1, 100) < 0.01


@settings(max_examples=50, deadline=None)
@given(LENGTH, LENGTH, LENGTH, st.floats(1e-3, 1e3))
def test_three_axes_add_up_to_one_and_size_does_not_matter(a: float, b: float, c: float, size: float) -> None:
    along_c = demagnetizing_factor(a, b, c)
    assert along_c + demagnetizing_factor(b, c, a) + demagnetizing_factor(c, a, b) == pytest.approx(1, abs=1e-8)
    assert demagnetizing_factor(size * a, size * b, size * c) == pytest.approx(along_c, abs=1e-8)
    assert demagnetizing_factor(b, a, c) == pytest.approx(along_c, abs=1e-10)
    assert 0 < along_c < 1


def test_lengths_must_be_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        demagnetizing_factor(1, 0, 1)
