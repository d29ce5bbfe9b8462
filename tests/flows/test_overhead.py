"""A cycle on Prefect costs little more than Prefect does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "prefect_overhead.py"


@pytest.mark.slow
@pytest.mark.alone
@pytest.mark.server
@pytest.mark.timeout(900)
def test_the_steps_are_as_thin_as_empty_tasks() -> None:
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    for _ in range(3):  # other load on the machine may spoil one attempt, a step that grew spoils all
        run = subprocess.run([sys.executable, SCRIPT], env=environment, capture_output=True, text=True, check=False)
        if run.returncode == 0:
            break
    assert run.returncode == 0, run.stdout + run.stderr
    print(run.stdout.strip())
