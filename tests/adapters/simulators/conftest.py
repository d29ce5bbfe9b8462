"""Slots that calculate with a stand-in for Elk."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from adapters.simulators.codes import Elk
from loop.protocols import SlotContext
from loop.records import Request
from loop.testing import request_at, slot_context

SPECIES = """ '{name}'                                       : spsymb
  -{charge}.0000                                  : spzn
   1   0   1   2.00000    T                 : nsp, lsp, ksp, occsp, spcore
   3   2   3   {electrons}.00000    F
   4   0   1   2.00000    F
"""

MakeSlot = Callable[..., SlotContext]


@pytest.fixture
def elk_slot(tmp_path: Path) -> MakeSlot:
    """Make a slot of the stand-in; what happens to it is the first argument."""
    species = tmp_path / "species"
    species.mkdir()
    for name, charge, electrons in (("Fe", 26, 2), ("Co", 27, 3), ("Ni", 28, 4)):
        (species / f"{name}.in").write_text(SPECIES.format(name=name, charge=charge, electrons=electrons))

    def make(what: str = "well", runner: Mapping[str, Any] | None = None, **more: Any) -> SlotContext:
        stand_in = str(Path(__file__).with_name("stand_in_elk.py"))
        code = {"command": [sys.executable, "-I", stand_in, what], "species": str(species)}
        return slot_context(tmp_path, options={"code": code, "runner": runner or {"kind": "local"}, **more})

    return make


class Bench:
    """An adapter of the stand-in with its requests; whatever it started is ended with the test."""

    def __init__(self, context: SlotContext) -> None:
        self.context = context
        self.adapters: list[Elk] = []
        self.again()

    def again(self) -> Elk:
        """A new adapter in the same folder, as after a crash."""
        self.adapter = Elk(self.context)
        self.adapters.append(self.adapter)
        return self.adapter

    def request(self, x: float = 0.25, number: int = 0) -> Request:
        request = request_at(self.context, [x], number)
        self.adapter.submit(request)
        return request

    def jobs(self) -> Path:
        return self.context.state / "jobs"


@pytest.fixture
def bench() -> Iterator[Callable[[SlotContext], Bench]]:
    """Make a bench."""
    made: list[Bench] = []

    def make(context: SlotContext) -> Bench:
        made.append(Bench(context))
        return made[-1]

    yield make
    for each in made:
        for adapter in each.adapters:
            for request in list(adapter.poll()):
                adapter.cancel(request)


@pytest.fixture
def stand_in_slurm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """``sbatch``, ``squeue``, ``sacct`` and ``scancel`` of a cluster that is a folder; gives that folder."""
    cluster, programs = tmp_path / "cluster", tmp_path / "slurm-bin"
    cluster.mkdir()
    programs.mkdir()
    script = Path(__file__).with_name("stand_in_slurm.py")
    for name in ("sbatch", "squeue", "sacct", "scancel"):
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -I {script} {name} {cluster} "$@"\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    yield cluster
    subprocess.run(["scancel", "--all-of-the-stand-in"], check=True)


def installed(program: str, packages: str) -> None:
    """Skip a test of an engine that is not here; where everything must be here (CI), fail."""
    if shutil.which(program, path=f"{os.environ['PATH']}:/usr/sbin") is None:
        message = f"{program} is not installed, apt-get install -y --no-install-recommends {packages}"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)


@pytest.fixture
def elk() -> None:
    """Elk itself."""
    installed("elk-lapw", "elk-lapw libopenblas0-pthread")


@pytest.fixture
def espresso() -> None:
    """Quantum ESPRESSO itself."""
    installed("pw.x", "quantum-espresso quantum-espresso-data")


@pytest.fixture
def slurm_daemons() -> None:
    """SLURM itself."""
    installed("slurmctld", "slurm-wlm munge")
