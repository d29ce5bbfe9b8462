"""Two campaigns that are served at the same time share a server, a furnace and nothing else."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from adapters.instruments.station.lock import StationLock
from loop.history import History
from loop.records import Status
from loop.state import State, fold

Program = Callable[..., "subprocess.Popen[str]"]
NAMES = ("one", "two")
MEASUREMENTS = 2
PATIENCE = 500.0
STATION = """
[[instruments]]
name = "furnace"
adapter = "station"
target = "measured"
slots = 2
start = 2

[instruments.options]
lock = "../furnace-1.lock"
steps = [
    {{ set = "vsm", to = 1.0, signal = "vsm_field", tolerance = 0.001, timeout = 30 }},
    {{ wait = 0.5 }},
    {{ read = "vsm" }},
]
result = {{ signal = "vsm_moment", per_mass = "vsm_sample_mass" }}

[instruments.options.devices.vsm]
driver = "soft-magnetometer"
limits = [-2.0, 2.0]
safe = 0.0
options = {{ sigma = [[0, 100], [1, 200]], variable = "a", seed = {seed} }}
"""

pytestmark = [pytest.mark.server, pytest.mark.timeout(1200)]


@pytest.fixture
def campaigns(make_campaign: Callable[..., Path]) -> list[Path]:
    """Folders of two campaigns in one workspace, whose instruments name the same lock."""
    folders = []
    for seed, name in enumerate(NAMES):
        edits = ("slots = 2\nstart = 4", "slots = 4\nstart = 4"), ("experiments = 5", f"experiments = {MEASUREMENTS}")
        folder = make_campaign(*edits, name=name)
        table = folder / "calculations.csv"
        table.write_text("\n".join([*table.read_text().splitlines()[:5], ""]))  # each answer is a cycle of its own
        file = folder / "campaign.toml"
        before, after = re.split(r"\[\[instruments\]\].*?(?=\n\[[a-z])", file.read_text(), maxsplit=1, flags=re.DOTALL)
        file.write_text(before + STATION.format(seed=seed) + after)
        folders.append(folder)
    return folders


def _state(history: Path) -> State:
    with History.open(history) as opened:
        return fold(opened.records())


def _asks(history: Path) -> bool:
    return History.exists(history) and any(each.adapter == "furnace" for each in _state(history).requests.values())


def _over(history: Path) -> bool:
    return History.exists(history) and _state(history).is_over


def _used(history: Path) -> list[tuple[float, float, str]]:
    """When the furnace was used for which request: from the mark before the first action to the safe state."""
    folder = history / "adapters" / "furnace"
    return [
        (
            json.loads((folder / "started" / outcome.name).read_text())["started"],
            json.loads(outcome.read_text())["finished"],
            f"{history.name} {outcome.stem}",
        )
        for outcome in (folder / "outcomes").glob("*.json")
    ]


def test_two_served_campaigns_with_one_furnace_never_use_it_at_once(
    program: Program,
    serve_code: str,
    campaigns: list[Path],
    tmp_path: Path,
    servers: Callable[[Path], list[int]],
    eventually: Callable[[Callable[[], bool], float], None],
) -> None:
    home, histories = tmp_path / "home", [tmp_path / "histories" / name for name in NAMES]
    with StationLock(tmp_path / "furnace-1.lock") as lock:
        lock.sign("somebody's own program")
        serving = [program(serve_code, folder, to, home, 3600) for folder, to in zip(campaigns, histories, strict=True)]
        eventually(lambda: all(map(_asks, histories)), PATIENCE)
        assert [mark for history in histories for mark in history.glob("adapters/furnace/started/*")] == []
    eventually(lambda: all(map(_over, histories)), PATIENCE)
    assert [process.wait(PATIENCE) for process in serving] == [0, 0]
    assert servers(home) == []
    used = sorted(item for history in histories for item in _used(history))
    asked = [request for history in histories for request in _state(history).requests.values()]
    measured = [request for request in asked if request.adapter == "furnace"]
    assert Counter(request.status for request in measured) == {Status.DONE: 2 * MEASUREMENTS}
    assert len({name for _, _, name in used}) == len(used) == len(measured)
    assert all(end <= start for (_, end, _), (start, _, _) in pairwise(used)), used
