"""Settings side by side, on courses made up: quantiles, pairs, and curves against naive loops."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.backtest import Comparison, Course, Paired, Setting, Worth
from loop.backtest.comparison import quantile

FIRST, SECOND = Setting("first", "ucb", "alternating"), Setting("second", "random", None)
COURSES = {
    FIRST: [Course(0, (3.0, 1.0, 0.0), (1.0, 2.5, 4.0)), Course(1, (2.0, 2.0, 2.0, 0.5), (1.0, 2.0, 3.0, 4.5))],
    SECOND: [Course(0, (3.0, 3.0, 3.0, 3.0), (1.0, 2.0, 3.0, 4.0)), Course(1, (2.0, 0.0), (1.0, 2.0))],
}
COMPARISON = Comparison(COURSES, Worth({(0.0,): 0.0, (1.0,): 3.0}, 10.0), 4, 0.1)


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=9), st.floats(0, 1))
def test_quantiles_are_numpys(values: list[float], share: float) -> None:
    assert quantile(values, share) == pytest.approx(float(np.quantile(values, share)), abs=1e-9)


def test_quantiles_beyond_what_was_reached() -> None:
    values = [1.0, 2.0, math.inf, math.inf]
    assert [quantile(values, share) for share in (0.0, 1 / 3, 0.5, 1.0)] == [1.0, 2.0, math.inf, math.inf]


def test_summary() -> None:
    first, second = COMPARISON.summary(FIRST), COMPARISON.summary(SECOND)
    assert COMPARISON.accepted == pytest.approx(1.0)
    assert (first.needed, first.cost) == ((2.5, 3.0, 3.5), (3.0, 3.5, 4.0))
    assert (first.missed, first.mean_needed) == (0, 3.0)
    assert first.mean_regret == pytest.approx((3 + 1 + 0 + 0 + 2 + 2 + 2 + 0.5) / 8)
    assert second.needed[1:] == (math.inf, math.inf)
    assert (second.missed, second.mean_needed) == (1, (5 + 2) / 2)


def test_pairs() -> None:
    assert COMPARISON.pairs() == [(FIRST, SECOND)]
    needed = COMPARISON.paired_needed(FIRST, SECOND)
    assert (needed.mean, needed.lower, needed.equal, needed.higher) == (-0.5, 1, 0, 1)  # 2 − 5 and 4 − 2
    assert COMPARISON.paired_regret(FIRST, SECOND).mean == pytest.approx(((1.0 - 3.0) + (6.5 / 4 - 0.5)) / 2)


def test_regret_at_cost_ends_where_one_ends_that_found_nothing() -> None:
    for setting, end in ((FIRST, 4.5), (SECOND, 4.0)):
        costs, regret = COMPARISON.costs(setting), COMPARISON.regret_at_cost(setting)
        assert (costs[0], costs[-1]) == (1.0, end)
        assert np.isfinite(regret).all()
        for row, each in zip(regret, COURSES[setting], strict=True):
            for cost, found in zip(costs, row, strict=True):
                paid = [short for short, spent in zip(each.regret, each.spent, strict=True) if spent <= cost]
                assert found == paid[-1]


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=12))
def test_the_sign_test_counts_every_split_as_uneven(pairs: list[tuple[int, int]]) -> None:
    found = Paired.of([float(a) for a, _ in pairs], [float(b) for _, b in pairs])
    lower, higher = sum(a < b for a, b in pairs), sum(a > b for a, b in pairs)
    n = lower + higher
    assert (found.lower, found.equal, found.higher) == (lower, len(pairs) - n, higher)
    uneven = [math.comb(n, k) for k in range(n + 1) if abs(2 * k - n) >= abs(lower - higher)]
    assert found.p == pytest.approx(sum(uneven) / 2**n)
    other = Paired.of([float(b) for _, b in pairs], [float(a) for a, _ in pairs])
    assert other.p == found.p
    assert other.mean == -found.mean


def test_the_interval_covers_the_mean() -> None:
    """Of 150 samples about 95 %, less what the bootstrap lacks at 20 seeds."""
    rng, covered = np.random.default_rng(1), 0
    for _ in range(150):
        sample = rng.normal(0.3, 1.0, 20)
        found = Paired.of(sample.tolist(), [0.0] * 20)
        covered += found.low <= 0.3 <= found.high
    assert 0.85 * 150 <= covered <= 149
    assert (found.low + found.high) / 2 == pytest.approx(found.mean, abs=0.05)


def test_one_seed_has_no_interval() -> None:
    found = Paired.of([1.0], [3.0])
    assert (found.mean, found.p) == (-2.0, 1.0)
    assert math.isnan(found.low)
    with pytest.raises(ValueError, match="equally many"):
        Paired.of([1.0], [])
