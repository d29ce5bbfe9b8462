"""A campaign of seconds: one variable, a dozen calculations, eight measurements."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

MakeCampaign = Callable[..., Path]

TEXT = """
title = "Fe-Co, made up"
seed = 3

[space]
formula = "Fe{1-a}Co{a}"

[space.variables]
a = { bounds = [0, 1] }

[targets.calculated]
source = "calculation"
unit = "muB/f.u."

[targets.measured]
source = "experiment"
unit = "muB/f.u."
parents = ["calculated"]
active = "order<=1"

[model]
degree = 2
estimator = "map"

[objective]
target = "measured"

[policy]
experiment = "ucb"
calculation = "max_uncertainty"

[[simulators]]
name = "cluster"
adapter = "pool"
target = "calculated"
slots = 2
start = 4
cost = 0.1
options = { table = "calculations.csv" }

[[instruments]]
name = "laboratory"
adapter = "archive"
target = "measured"
start = 2
slots = 2
cost = 1
options = { table = "measurements.csv" }

[stop]
experiments = 5
"""


def _calculations() -> str:
    rows = [f"{k / 11:.4f},{2.2 + k / 11 - 1.5 * (k / 11) ** 2:.4f},muB/f.u." for k in range(12)]
    return "\n".join(["a,value,unit", *rows, ""])


def _measurements() -> str:
    points = [(k, lab) for k in range(8) for lab in ("A", "B")]
    rows = [
        f"{k / 7:.4f},{2.1 + 0.9 * k / 7 - 1.4 * (k / 7) ** 2 + shift:.4f},muB/f.u.,{lab}"
        for k, lab in points
        for shift in [0.03 if lab == "A" else -0.02]
    ]
    return "\n".join(["a,value,unit,laboratory", *rows, ""])


def _write(folder: Path, *edits: tuple[str, str]) -> Path:
    folder.mkdir(exist_ok=True)
    text = TEXT
    for old, new in edits:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the tiny campaign"
        text = text.replace(old, new)
    (folder / "campaign.toml").write_text(text, encoding="utf-8")
    (folder / "calculations.csv").write_text(_calculations(), encoding="utf-8")
    (folder / "measurements.csv").write_text(_measurements(), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the tiny campaign; for reading only."""
    return _write(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def write_tiny() -> MakeCampaign:
    """Write the tiny campaign into a folder, with pieces of its text replaced, and give the folder."""
    return _write


@pytest.fixture
def make_campaign(tmp_path: Path) -> MakeCampaign:
    """Write the tiny campaign, with pieces of its text replaced, and give its folder."""

    def make(*edits: tuple[str, str], name: str = "tiny") -> Path:
        return _write(tmp_path / name, *edits)

    return make
