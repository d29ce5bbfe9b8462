"""One process serves a campaign into a history, and everybody can see which."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.errors import ServedError
from flows.triggers.presence import Presence, served_at

SERVE = """
import sys
from pathlib import Path
from flows.triggers.presence import Presence
presence = Presence(Path(sys.argv[1]))
presence.tell("http://127.0.0.1:4200")
print("serving", flush=True)
sys.stdin.read()
"""


def test_nobody_serves_what_is_not_there(tmp_path: Path) -> None:
    assert served_at(tmp_path / "nowhere") == ""


def test_a_second_one_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with Presence(tmp_path) as presence:
        assert served_at(tmp_path) == f"by process {os.getpid()}"
        presence.tell("http://127.0.0.1:4200")
        with pytest.raises(ServedError, match=rf"process {os.getpid()}, pages at http://127.*douka cycle"):
            Presence(tmp_path)
    assert served_at(tmp_path) == ""
    with Presence(tmp_path):
        pass


def test_it_goes_with_a_killed_process(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "serving\n"
        assert served_at(tmp_path) == f"by process {process.pid}, pages at http://127.0.0.1:4200"
        process.kill()
        process.wait()
        assert served_at(tmp_path) == ""
