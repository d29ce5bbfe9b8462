"""A process that appends is killed at random moments."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("kills", [8, pytest.param(200, marks=pytest.mark.slow)])
def test_nothing_acknowledged_is_lost(tmp_path, kills):
    script = Path(__file__).with_name("kill_loop.py")
    command = [sys.executable, script, tmp_path / "history", str(kills), str(kills)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stderr
    assert f"{kills} kills" in done.stdout
