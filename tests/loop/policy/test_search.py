"""The search D3 by the recommended rules (method.md 6): medians on fixed problems.

The full table: tests/benchmarks/policy_search.py.
"""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from loop.problems import hunts

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]


@pytest.mark.parametrize(("calculations", "most"), [(10, 6), (5, 9)])
def test_the_recommended_rules_find_the_maximum_in_time(calculations: int, most: int) -> None:
    """Medians of 24 problems; those of 100 are 3 and 5, so that chance alone does not come near the bound."""
    with threadpool_limits(1):
        found = [each.iterations for each in hunts(24, 2024, calculations=calculations)]
    assert np.median(found) <= most


def test_one_calculation_an_iteration() -> None:
    with threadpool_limits(1):
        found = [each.iterations for each in hunts(12, 2025, calculations=1, limit=30)]
    assert np.median(found) <= 15


def test_calculations_earn_their_place() -> None:
    """The same rule with no calculations needs far longer (paired: same problems, same start)."""
    with threadpool_limits(1):
        without = [each.iterations for each in hunts(8, 2026, calculations=0, limit=15)]
        with_them = [each.iterations for each in hunts(8, 2026, calculations=10, limit=15)]
    assert np.mean(with_them) < np.mean(without) - 3


def test_calculations_by_cost_waste_little_at_either_extreme() -> None:
    """Cost until found against fixed numbers of calculations, paired; 20 problems of each are in decision 12."""
    with threadpool_limits(1):
        for ratio, fixed in ((100.0, 1), (0.1, 5)):
            ours = [each.iterations * ratio + each.calculations for each in hunts(6, 2027, costs=(ratio, 1.0))]
            other = hunts(6, 2027, calculations=fixed)
            assert np.mean(ours) < 0.7 * np.mean([each.iterations * ratio + each.calculations for each in other])
