"""Steps come down to actions, and readings to one value with its uncertainty."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.instruments.procedures.actions import Move, Pause, Take, from_table, to_table
from adapters.instruments.procedures.reduction import ResultTable, reduced
from adapters.instruments.procedures.steps import actions_of, amount, parse_step
from loop.errors import CampaignError, DataError


def _actions(*tables: dict[str, Any], **values: float) -> list[Any]:
    return actions_of([parse_step(number, table) for number, table in enumerate(tables, 1)], values)


def test_steps_in_order() -> None:
    actions = _actions(
        {"set": "oven", "to": "300 + 200*anneal", "signal": "oven_temperature", "tolerance": 2.0},
        {"wait": 5.0},
        {"read": "vsm", "repeat": 2, "every": 0.5},
        anneal=0.5,
    )
    assert actions == [
        Move(device="oven", value=400.0, signal="oven_temperature", tolerance=2.0),
        Pause(seconds=5.0),
        Take(device="vsm"),
        Pause(seconds=0.5),
        Take(device="vsm"),
    ]


@given(st.floats(-5, 5), st.floats(-5, 5), st.integers(2, 20))
def test_a_scan_goes_from_end_to_end(start: float, stop: float, points: int) -> None:
    actions = _actions({"scan": "magnet", "start": start, "stop": stop, "points": points, "read": ["vsm", "t"]})
    moves = [action.value for action in actions if isinstance(action, Move)]
    assert len(moves) == points
    assert moves[0] == start
    assert math.isclose(moves[-1], stop, abs_tol=1e-12)
    assert [action.device for action in actions if isinstance(action, Take)] == ["vsm", "t"] * points


@given(st.builds(Move, device=st.text(), value=st.floats(-1e6, 1e6)) | st.builds(Pause, seconds=st.floats(0, 1e6)))
def test_actions_survive_being_written(action: Move | Pause) -> None:
    assert from_table(to_table(action)) == action


def test_what_is_no_step_or_no_expression() -> None:
    with pytest.raises(CampaignError, match=r"steps\[1\].points: .*greater than or equal to 2.*found 1"):
        _actions({"scan": "m", "start": 0, "stop": 1, "points": 1, "read": ["v"]})
    with pytest.raises(CampaignError, match="names colour, expected some of anneal"):
        amount("2*colour", {"anneal": 1.0})


MASS = {"mass": {"value": 50.0}}
UNITS = {"moment": "emu", "mass": "mg", "t": "K"}


def _read(*values: object, signal: str = "moment") -> list[dict[str, Any]]:
    return [{"action": "read", "signals": {signal: {"value": value}}} for value in values]


def test_a_moment_per_mass_with_calibration() -> None:
    table = ResultTable(signal="moment", per_mass="mass", calibration=0.02)
    value = reduced(table, _read(5.0, 5.2, 5.1), MASS, UNITS, "A.m2/kg", None)
    assert value.value == pytest.approx(5.1 / 0.05)  # emu/g = A·m²/kg
    spread = 0.1 / math.sqrt(3) / 0.05
    assert value.uncertainty == pytest.approx(math.hypot(spread, 0.02 * 102.0))
    assert value.count == 3


def test_per_formula_unit_with_its_molar_mass() -> None:
    table = ResultTable(signal="moment", per_mass="mass", reduce="largest")
    value = reduced(table, _read(1.0, -11.0), MASS, UNITS, "muB/f.u.", 55.845)
    # σ = 5584.939 · m / M
    assert value.value == pytest.approx(-220.0 * 55.845 / 5584.939, rel=1e-6)
    assert value.uncertainty is None


@pytest.mark.parametrize(
    ("table", "events", "unit", "words"),
    [
        ({"signal": "field"}, _read(1.0), "K", "never read; the procedure read moment"),
        ({"signal": "moment"}, _read(math.nan), "emu", "expected a finite number"),
        ({"signal": "moment"}, _read("high"), "emu", "found|expected a finite number"),
        ({"signal": "moment"}, _read(1.0), "K", "does not lead to K"),
        ({"signal": "t", "per_mass": "mass"}, _read(300.0, signal="t"), "A.m2/kg", "needs a moment"),
    ],
)
def test_what_does_not_lead_to_a_value(
    table: dict[str, Any], events: list[dict[str, Any]], unit: str, words: str
) -> None:
    with pytest.raises(DataError, match=words):
        reduced(ResultTable(**table), events, MASS, UNITS, unit, None)


@pytest.mark.parametrize("mass", [0.0, -1.0])
def test_a_mass_is_positive(mass: float) -> None:
    with pytest.raises(DataError, match="expected a positive mass"):
        reduced(
            ResultTable(signal="moment", per_mass="mass"),
            _read(1.0),
            {"mass": {"value": mass}},
            UNITS,
            "A.m2/kg",
            None,
        )
