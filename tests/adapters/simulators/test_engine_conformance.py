"""A code behind each runner passes the suite that is shipped for everybody's adapters."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from adapters.simulators.codes import Elk
from loop.protocols import Simulator, SlotContext
from loop.records import Request
from loop.testing import SimulatorSuite


class TestLocal(SimulatorSuite):
    factory = Elk
    patience = 120.0

    @pytest.fixture
    def context(self, elk_slot) -> Iterator[SlotContext]:
        context = elk_slot("well")
        yield context
        finish(Elk(context), context)


@pytest.mark.slow
class TestDrop(SimulatorSuite):
    factory = Elk
    patience = 120.0

    @pytest.fixture
    def context(self, elk_slot) -> SlotContext:
        return elk_slot("well", {"kind": "drop", "folder": "drop", "quiet_seconds": 0.0})

    def happen(self, context: SlotContext, requests: Sequence[Request]) -> None:
        """Somebody runs the stand-in in every folder, once."""
        drop = context.folder / "drop"
        for folder in [found for request in requests for found in drop.glob(f"{request.id}-*")]:
            if not (folder / "INFO.OUT").exists():
                with (folder / "stdout.txt").open("wb") as stdout:
                    subprocess.run(context.options["code"]["command"], cwd=folder, stdout=stdout, check=True)


@pytest.mark.slow
class TestSlurm(SimulatorSuite):
    factory = Elk
    patience = 120.0

    @pytest.fixture
    def context(self, elk_slot, stand_in_slurm: Path) -> SlotContext:
        assert stand_in_slurm.is_dir()
        return elk_slot("well", {"kind": "slurm"})

    @contextmanager
    def away(self, context: SlotContext) -> Iterator[None]:
        """The controller is down."""
        (context.folder / "cluster" / "down").touch()
        yield
        (context.folder / "cluster" / "down").unlink()


def finish(adapter: Simulator, context: SlotContext) -> None:
    """End what a test left running."""
    started = context.state / "started"
    for file in started.glob("*.json") if started.is_dir() else []:
        adapter.cancel(file.name.split(".")[0])
