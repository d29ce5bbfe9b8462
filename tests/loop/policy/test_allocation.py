"""How many of each: definitions, budgets, the source's fixed ratio."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.errors import CampaignError
from loop.policy import Allocation, allocate, owed_by

ONE: dict[str, Any] = {
    "experiment_cost": 10.0, "calculation_cost": 1.0, "experiment_slots": 1, "calculation_slots": 50,
    "share": 0.5,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, (1, 10)),
        ({"share": 0.2}, (1, 2)),
        ({"share": 0.0}, (1, 0)),
        ({"share": 1.0}, (1, 50)),
        ({"per_experiment": 5}, (1, 5)),
        ({"per_experiment": 0}, (1, 0)),
        ({"experiment_slots": 3}, (3, 30)),
        ({"experiment_slots": 0}, (0, 10)),
        ({"calculation_slots": 4}, (1, 4)),
        ({"budget": 13.0}, (1, 3)),
        ({"budget": 9.0}, (0, 9)),
        ({"budget": 0.0}, (0, 0)),
        ({"budget": -1.0}, (0, 0)),
        ({"calculation_cost": 0.0}, (1, 50)),
        ({"experiment_cost": 0.0}, (1, 0)),
        ({"calculation_cost": 100.0}, (1, 1)),
        ({"budget": 0.3, "experiment_cost": 0.1, "calculation_cost": 0.1, "experiment_slots": 9}, (3, 0)),
    ],
)
def test_examples(changed: dict[str, Any], expected: tuple[int, int]) -> None:
    assert allocate(**{**ONE, **changed}) == Allocation(*expected)


@pytest.mark.parametrize(
    ("owed", "changed", "expected"),
    [
        (0.0, {}, (1, 10)),
        (-4.0, {}, (1, 6)),
        (7.4, {"experiment_slots": 0}, (0, 7)),
        (0.0, {"experiment_slots": 0}, (0, 0)),
        (0.0, {"calculation_cost": 100.0}, (1, 0)),
        (50.0, {"calculation_cost": 100.0}, (1, 1)),
        (-99.0, {}, (1, 0)),
        (5.0, {"calculation_cost": 0.0}, (1, 50)),
    ],
)
def test_accounts_are_kept_from_cycle_to_cycle(owed: float, changed: dict[str, Any], expected: tuple[int, int]) -> None:
    assert allocate(**{**ONE, **changed}, owed=owed) == Allocation(*expected)


@given(e=st.floats(0.1, 100), c=st.floats(0.1, 100), share=st.floats(0.05, 0.8), cycles=st.integers(1, 40))
def test_in_the_long_run_calculations_get_their_share(e: float, c: float, share: float, cycles: int) -> None:
    calculations = 0
    for cycle in range(cycles):
        owed = owed_by(cycle * e, calculations * c, share)
        calculations += allocate(
            experiment_cost=e, calculation_cost=c, experiment_slots=1, calculation_slots=10**6, share=share, owed=owed
        ).calculations
    assert calculations * c == pytest.approx(share / (1 - share) * cycles * e, abs=c / 2 + 1e-6 * cycles * e)


@given(
    e=st.floats(0.01, 1e3), c=st.floats(0.01, 1e3), slots=st.tuples(st.integers(0, 9), st.integers(0, 99)),
    budget=st.floats(0, 1e4), share=st.floats(0, 1), ratio=st.none() | st.floats(0, 20),
)  # fmt: skip
def test_slots_and_budget_are_never_exceeded(
    e: float, c: float, slots: tuple[int, int], budget: float, share: float, ratio: float | None
) -> None:
    found = allocate(
        experiment_cost=e, calculation_cost=c, experiment_slots=slots[0], calculation_slots=slots[1], budget=budget,
        share=share, per_experiment=ratio,
    )  # fmt: skip
    assert 0 <= found.experiments <= slots[0]
    assert 0 <= found.calculations <= slots[1]
    assert found.experiments * e + found.calculations * c <= budget * (1 + 1e-6) + 1e-6
    if ratio is not None and math.isinf(budget):
        assert found.calculations <= max(1, round(ratio * max(1, found.experiments)))


@pytest.mark.parametrize(
    "wrong",
    [
        {"experiment_cost": -1.0}, {"calculation_cost": math.nan}, {"experiment_slots": -1}, {"share": 1.5},
        {"per_experiment": -2.0}, {"calculation_cost": math.inf}, {"owed": math.inf},
    ],
)  # fmt: skip
def test_nonsense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(CampaignError):
        allocate(**{**ONE, **wrong})
