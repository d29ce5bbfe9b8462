"""How many of each: definitions, budgets, the source's fixed ratio."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.errors import CampaignError
from loop.policy import Allocation, allocate

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
        {"per_experiment": -2.0}, {"calculation_cost": math.inf},
    ],
)  # fmt: skip
def test_nonsense_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(CampaignError):
        allocate(**{**ONE, **wrong})
