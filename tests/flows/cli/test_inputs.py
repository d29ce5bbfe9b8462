"""``douka inputs``."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from loop.campaign import Campaign
from loop.session import Session

WHAT = ["--code", "akaikkr", "--set", "crystal.structure=2-14-1", "--set", "code.quality=4"]


@pytest.fixture
def calculating(workspace: Path) -> str:
    """A campaign whose simulator lays jobs into a folder; it has asked for two."""
    folder = workspace / "campaigns/iron-cobalt-live"
    text = (folder / "campaign.toml").read_text(encoding="utf-8")
    text = text.replace('adapter = "elk"', 'adapter = "akaikkr"').replace("start = 8", "start = 2")
    text = text.replace("code = { k_mesh = [10, 10, 10] }", "code = { quality = 10 }")
    runner = 'runner = { kind = "local", time_limit_seconds = 600, memory_limit_gib = 4 }'
    assert runner in text
    (folder / "campaign.toml").write_text(
        text.replace(runner, 'runner = { kind = "drop", folder = "jobs" }'), encoding="utf-8"
    )
    with Session(Campaign.load(folder), workspace / "histories/iron-cobalt-live") as session:
        session.step()
    return "iron-cobalt-live"


def test_of_a_composition_by_another_code(workspace: Path, douka: Callable) -> None:
    assert workspace.is_dir()
    ended = douka("inputs", "two-fourteen-one", "Nd6Pr2Fe42Co14B4", "new", *WHAT)
    assert ended.code == 0
    assert "Nd1.5Pr0.5Fe10.5Co3.5B; in the cell Pr2 Nd6 Fe42 Co14 B4" in ended.out
    assert "specx < akaikkr.in" in ended.out
    lines = Path("new/akaikkr.in").read_text().splitlines()
    assert "  update  4  500  0.023" in lines
    assert "    59  25.000000" in lines


def test_of_a_request_by_its_own_slot(calculating: str, douka: Callable) -> None:
    """The same files as its runner got."""
    (job, *_) = sorted(Path("workspace/campaigns/iron-cobalt-live/jobs").iterdir())
    ended = douka("inputs", calculating, job.name.removesuffix("-1"), "new", "--json")
    assert ended.code == 0, ended.err
    said = json.loads(ended.out)
    assert said["x"] == pytest.approx(said["asked"])
    assert said["files"] == ["akaikkr.in"]
    assert Path("new/akaikkr.in").read_text() == (job / "akaikkr.in").read_text()


def test_of_coordinates(calculating: str, douka: Callable) -> None:
    assert douka("inputs", calculating, "x = 0.3", "new").code == 0
    assert "    27  30.000000" in Path("new/akaikkr.in").read_text().splitlines()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["two-fourteen-one", "Nd2Fe14B", "new"], "there is none: say --code (akaikkr, elk, espresso, vasp)"),
        (["two-fourteen-one", "Nd2Fe14B", "new", "--code", "pool"], "'pool' writes no inputs; those that do: akaikkr"),
        (["two-fourteen-one", "Nd2Mn14B", "new", *WHAT], "Mn does not occur in"),
        (["two-fourteen-one", "no formula", "new", *WHAT], "'no formula' is no composition"),
        (["two-fourteen-one", "alpha=0.5", "new", *WHAT], "gives alpha, expected alpha, beta, gamma, delta, zeta"),
        (["two-fourteen-one", "Nd2Fe14B", "workspace", *WHAT], "workspace holds something already"),
        (["two-fourteen-one", "Nd2Fe14B", "new", *WHAT, "--set", "code.speed=4"], "options.code.speed is unknown"),
        (["two-fourteen-one", "Nd2Fe14B", "new", *WHAT, "--set", "speed"], "--set speed: expected key=value"),
        (["iron-cobalt-live", "Fe3Co", "new", "--slot", "magnetometer"], "the slot 'magnetometer' writes no inputs"),
    ],
)
def test_what_cannot_be_written_is_said(workspace: Path, douka: Callable, words: list[str], said: str) -> None:
    assert workspace.is_dir()
    ended = douka("inputs", *words)
    assert ended.code == 2
    assert said in ended.err
    assert not Path("new").exists()
