import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@dataclass
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace with the shipped campaign, as the working folder."""
    shutil.copytree(ROOT / "workspace/campaigns", tmp_path / "workspace/campaigns")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "workspace"


@pytest.fixture
def douka(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ended]:
    """Run the command line in this process."""
    from flows.cli import main

    def call(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["douka", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        code = ended.value.code
        return Ended(code if isinstance(code, int) else 0 if code is None else 1, shown.out, shown.err)

    return call
