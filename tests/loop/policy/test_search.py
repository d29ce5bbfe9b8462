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
