"""The closed form of leaving one out, against leaving one out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from loop.innovation import Forecast, Reading, innovations

PRIOR = 4.0


def readings(rng: np.random.Generator, n: int) -> list[Reading]:
    x = rng.uniform(size=n)
    u = rng.choice([0.0, 0.3], size=n)
    y = 1.0 + 2.0 * x + rng.normal(size=n) * np.hypot(0.2, u)
    return [
        Reading(id=str(i), target="y", x=(float(x[i]),), value=float(y[i]), uncertainty=float(u[i]) or None)
        for i in range(n)
    ]


def foretold(learned: Sequence[Reading], asked: Sequence[Reading], scatter: float = 0.2) -> Forecast:
    """Bayesian straight line with known noise, by the textbook's dense formula."""

    def design(rows: Sequence[Reading]) -> np.ndarray:
        return np.array([[1.0, row.x[0]] for row in rows]).reshape(-1, 2)

    noise = np.array([scatter**2 + (row.uncertainty or 0.0) ** 2 for row in learned])
    A, y = design(learned), np.array([row.value for row in learned])
    covariance = np.linalg.inv(A.T @ (A / noise[:, None]) + np.eye(2) / PRIOR)
    mean = covariance @ A.T @ (y / noise)
    B = design(asked)
    variance = np.einsum("ni,ij,nj->n", B, covariance, B)
    return Forecast(B @ mean, np.sqrt(variance), np.full(len(asked), scatter))


@pytest.mark.parametrize("n", [8, 20])
def test_equals_learning_again_without_each(n: int) -> None:
    rows = readings(np.random.default_rng(n), n)
    found = innovations(rows, foretold(rows, rows), np.ones(n, dtype=bool))
    for i, row in enumerate(rows):
        without = foretold([*rows[:i], *rows[i + 1 :]], [row])
        total = without.deviation[0] ** 2 + 0.2**2 + (row.uncertainty or 0.0) ** 2
        assert found[i] == pytest.approx((row.value - without.mean[0]) / np.sqrt(total), rel=1e-9)


def test_what_was_not_learned_is_held_against_the_plain_prediction() -> None:
    rows = readings(np.random.default_rng(1), 12)
    forecast = foretold(rows[:8], rows)
    found = innovations(rows, forecast, np.arange(12) < 8)
    total = np.array([forecast.deviation[i] ** 2 + 0.04 + (rows[i].uncertainty or 0.0) ** 2 for i in range(8, 12)])
    expected = (np.array([row.value for row in rows[8:]]) - forecast.mean[8:]) / np.sqrt(total)
    assert found[8:] == pytest.approx(expected)


def test_a_value_that_decides_its_own_prediction_is_not_magnified() -> None:
    row = Reading(id="a", target="y", x=(0.0,), value=5.0 + 1e-6)
    forecast = Forecast(np.array([5.0]), np.array([0.2]), np.array([0.2]))
    assert abs(innovations([row], forecast, np.array([True]))[0]) < 1e-4


def test_differences_of_rounding_are_none_however_exact_the_rest_is() -> None:
    row = Reading(id="a", target="y", x=(0.0,), value=30.0 + 1e-8)
    forecast = Forecast(np.array([30.0]), np.array([0.0]), np.array([0.0]))
    assert abs(innovations([row], forecast, np.array([False]))[0]) < 0.01
