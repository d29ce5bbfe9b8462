"""A campaign of seconds: one variable, a dozen calculations, eight measurements."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import settings

# No test depends on how busy the machine is. The examples are the same each time, so that what stops a change is the
# change; `pytest --hypothesis-profile=searching` looks at new ones.
settings.register_profile("searching", deadline=None)
settings.register_profile("same", settings.get_profile("searching"), derandomize=True)
settings.load_profile("same")
SLOW_SECONDS = 1800

MakeCampaign = Callable[..., Path]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Suites of minutes have half an hour: a busy machine is slow, and what hangs still ends."""
    for item in items:
        if item.get_closest_marker("slow") and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(SLOW_SECONDS))


@pytest.fixture(scope="session")
def prefect_client() -> Callable[[str], Any]:
    """A client of a Prefect server's API; while its database is locked it says 503, and its own clients ask again."""
    import httpx

    class Again(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            deadline = time.monotonic() + 60
            while True:
                response = super().handle_request(request)
                if response.status_code != httpx.codes.SERVICE_UNAVAILABLE or time.monotonic() > deadline:
                    return response
                response.close()
                time.sleep(0.5)

    def client(address: str) -> httpx.Client:
        # Kept for long, a connection may be closed by the server just when it is used again.
        once = {"Connection": "close"}
        return httpx.Client(base_url=address, transport=Again(), timeout=60, trust_env=False, headers=once)

    return client


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


MAGNETS = """
title = "magnets, made up"
seed = 1

[space]
formula = "(Nd{1-c}Ce{c})2(Fe{1-d}Co{d})14B"

[space.variables]
c = { bounds = [0, 1] }
d = { bounds = [0, 1], description = "Co" }

[targets.calculated]
source = "calculation"
unit = "muB/f.u."

[targets.measured]
source = "experiment"
unit = "muB/f.u."
parents = ["calculated"]

[targets.Tc]
source = "experiment"
unit = "K"

[model]
basis = "substitution"
degree = 2
estimator = "map"
laboratory_offsets = true

[objective]
target = "measured"

[[simulators]]
name = "cluster"
adapter = "pool"
target = "calculated"
options = { table = "calculations.csv" }

[[instruments]]
name = "magnetometer"
adapter = "archive"
target = "measured"
options = { table = "magnetization.csv" }

[[instruments]]
name = "balance"
adapter = "archive"
target = "Tc"
options = { table = "curie.csv" }

[stop]
experiments = 5
"""


def magnet_truth(c: float, d: float) -> tuple[float, float]:
    """M0 in muB/f.u. and Tc in K of the made-up magnets: Co lowers the one and raises the other."""
    return 37.0 - 6.0 * c - 4.0 * d - 9.0 * d**2, 590.0 - 150.0 * c + 800.0 * d - 390.0 * d**2


def magnet_value(c: float, d: float, temperature: float) -> float:
    """M(T) of the made-up magnets by Kuz'min's law (s = 0.6, p = 5/2), written out."""
    M0, Tc = magnet_truth(c, d)
    tau = temperature / Tc
    return M0 * max(1.0 - 0.6 * tau**1.5 - 0.4 * tau**2.5, 0.0) ** (1 / 3)


@pytest.fixture(scope="session")
def magnets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a campaign on made-up magnets, three tables with noise; for reading only."""
    folder, rng = tmp_path_factory.mktemp("magnets"), np.random.default_rng(5)
    shares = [(c, d) for c in (0.0, 0.5, 1.0) for d in np.linspace(0.0, 1.0, 8)]
    calculated = [f"{c},{d},{magnet_truth(c, d)[0] + 4 - d + 0.05 * rng.normal():.4f},muB/f.u." for c, d in shares]
    measured, curie = [], []
    for k, (c, d) in enumerate(shares):
        for T in (4.0, 300.0):
            laboratory, shift = ("A", 0.4) if k % 2 else ("B", -0.4)
            value = magnet_value(c, d, T) + shift + 0.3 * rng.normal()
            measured.append(f"m{k}-{T:g},{c},{d},{value:.3f},muB/f.u.,{T:g},236,{laboratory}")
        curie.append(f"t{k},{c},{d},{magnet_truth(c, d)[1] + 5 * rng.normal():.1f},K,A")
    (folder / "campaign.toml").write_text(MAGNETS, encoding="utf-8")
    head = "id,c,d,value,unit,temperature_K,volume_A3_per_fu,laboratory"
    (folder / "calculations.csv").write_text("\n".join(["c,d,value,unit", *calculated, ""]), encoding="utf-8")
    (folder / "magnetization.csv").write_text("\n".join([head, *measured, ""]), encoding="utf-8")
    (folder / "curie.csv").write_text("\n".join(["id,c,d,value,unit,laboratory", *curie, ""]), encoding="utf-8")
    return folder
