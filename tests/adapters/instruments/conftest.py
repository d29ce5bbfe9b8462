"""A station with soft devices, quick enough for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.instruments.containment.contained import Contained, Patience
from adapters.instruments.containment.driver import Driver
from loop.protocols import SlotContext
from loop.testing import slot_context

Holds = Callable[..., Contained]


@pytest.fixture
def contained(tmp_path: Path) -> Iterator[Holds]:
    """Make a contained soft magnetometer; its process is ended at the end."""
    made: list[Contained] = []

    def make(driver: str = "soft-magnetometer", patience: Patience | None = None, **options: Any) -> Contained:
        device = Contained(
            Driver(device="vsm", driver=driver, options=options), tmp_path / "vsm.log", patience or Patience()
        )
        made.append(device)
        return device

    yield make
    for device in made:
        device.kill()


@pytest.fixture
def station_context(tmp_path: Path) -> Callable[..., SlotContext]:
    """A slot whose station measures the specific magnetization of a virtual sample."""

    def make(station: dict[str, Any] | None = None, device: dict[str, Any] | None = None, **driver: Any) -> SlotContext:
        vsm = {
            "driver": "soft-magnetometer",
            "limits": [-2.0, 2.0],
            "ranges": {"vsm_moment": [-1.0, 1.0]},
            "safe": 0.0,
            "options": {"sigma": [[0.0, 100.0], [1.0, 200.0]], "variable": "a", "seed": 1, **driver},
            **(device or {}),
        }
        options = {
            "devices": {"vsm": vsm},
            "steps": [
                {"set": "vsm", "to": 1.9, "signal": "vsm_field", "tolerance": 0.001, "timeout": 5.0},
                {"read": "vsm", "repeat": 3},
            ],
            "result": {"signal": "vsm_moment", "per_mass": "vsm_sample_mass", "calibration": 0.01},
            "executor": "plain",
            **(station or {}),
        }
        return slot_context(tmp_path, options=options, unit="A.m2/kg", target="measured")

    return make
