"""A procedure as a bluesky plan gives what the plain executor gives."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest

from adapters.instruments.containment.fault import DeviceError
from adapters.instruments.procedures.actions import Move, Pause, Take
from adapters.instruments.procedures.bench import Bench, DeviceTable
from adapters.instruments.procedures.executor import execute
from adapters.instruments.procedures.plan import execute_as_plan, executor_named, has_bluesky

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]


@pytest.fixture(autouse=True)
def _bluesky() -> None:
    if not has_bluesky() and not os.environ.get("CI"):
        pytest.skip("bluesky is not installed: uv sync --group bridges")


@pytest.fixture
def bench(tmp_path: Any) -> Callable[..., Bench]:
    def make(**options: Any) -> Bench:
        table = DeviceTable(driver="soft-magnetometer", options={"noise": 0.0, **options}, limits=(-2.0, 2.0))
        return Bench({"vsm": table}, tmp_path)

    return make


ACTIONS = [
    Move(device="vsm", value=1.0, signal="vsm_field", tolerance=1e-6, timeout=5.0),
    Pause(seconds=0.01),
    Take(device="vsm"),
    Move(device="vsm", value=-1.0, signal="vsm_field", tolerance=1e-6, timeout=5.0),
    Take(device="vsm"),
]


def _values(events: list[Any]) -> list[Any]:
    return [
        (event["action"], event.get("value"), event.get("signals", {}).get("vsm_moment", {}).get("value"))
        for event in events
    ]


def test_the_same_events(bench: Callable[..., Bench]) -> None:
    plain: list[Any] = []
    planned: list[Any] = []
    with bench() as devices:
        execute(devices, ACTIONS, plain.append)
        execute_as_plan(devices, ACTIONS, planned.append)
    assert _values(planned) == _values(plain)
    assert len(planned) == 4


def test_the_same_fault(bench: Callable[..., Bench]) -> None:
    with bench() as devices, pytest.raises(DeviceError, match="set point 5 was not sent"):
        execute_as_plan(devices, [Move(device="vsm", value=5.0)], print)
    with bench(faults={"read": {"1": "disconnect"}}) as devices, pytest.raises(DeviceError, match="connection lost"):
        execute_as_plan(devices, [Take(device="vsm")], print)


def test_the_executor_by_name() -> None:
    assert executor_named("plain") is execute
    assert executor_named("bluesky") is execute_as_plan
    assert executor_named("auto") is execute_as_plan
