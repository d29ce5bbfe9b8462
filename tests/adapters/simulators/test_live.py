"""First-principles codes themselves, in the loop."""

from __future__ import annotations

import csv
import time
from pathlib import Path

import numpy as np
import pytest
from scipy.interpolate import PchipInterpolator

from adapters.simulators.codes import Espresso
from loop.campaign import Campaign
from loop.history import History
from loop.records import Result, Source
from loop.replay import replay
from loop.session import Session
from loop.testing import request_at, slot_context

ROOT = Path(__file__).parents[3]
LIVE = ROOT / "workspace/campaigns/iron-cobalt-live"


def known_curve() -> PchipInterpolator:
    with (LIVE / "data/known_curve.csv").open(encoding="utf-8", newline="") as stream:
        rows = [(float(row["x"]), float(row["value"])) for row in csv.DictReader(stream)]
    return PchipInterpolator(*zip(*rows, strict=True))


def live(folder: Path, *edits: tuple[str, str]) -> Campaign:
    """The live campaign, shorter."""
    text = (LIVE / "campaign.toml").read_text(encoding="utf-8")
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    (folder / "data").mkdir()
    (folder / "campaign.toml").write_text(text, encoding="utf-8")
    (folder / "data/known_curve.csv").write_bytes((LIVE / "data/known_curve.csv").read_bytes())
    return Campaign.load(folder)


@pytest.mark.slow
@pytest.mark.usefixtures("elk")
def test_two_points_by_elk_in_a_campaign(tmp_path: Path) -> None:
    shorter = (
        ("start = 8", "start = 2"),
        ("start = 3", "start = 2"),
        ("= 12\n", "= 2\n"),
        ("seconds = 10", "seconds = 0"),
    )
    campaign = live(tmp_path, *shorter)
    with Session(campaign, tmp_path / "history") as session:
        while not session.is_over:
            if session.step() is None:
                time.sleep(0.2)
        state = session.state
    assert not state.quarantine
    calculated = state.values_of("M_calculated")
    assert len(calculated) == state.count(Source.CALCULATION) == 2
    for found in calculated:
        assert found.value == pytest.approx(float(known_curve()(found.x[0])), abs=0.02)
        assert "PBE; k 10×10×10; virtual crystal" in found.provenance.note
    with History.open(tmp_path / "history") as history:
        assert not [cycle for cycle in replay(history) if cycle.differences]


@pytest.mark.slow
@pytest.mark.usefixtures("espresso")
def test_iron_by_quantum_espresso(tmp_path: Path) -> None:
    """PBEsol pseudopotentials; meshes from 6×6×6 to 12×12×12 give 2.11 to 2.26 μB, other codes 2.2."""
    context = slot_context(tmp_path, options={"code": {"k_mesh": [6, 6, 6], "cutoff": 40, "density_cutoff": 320}})
    simulator = Espresso(context)
    simulator.submit(request_at(context, [0.0]))
    answers: list[object] = []
    while not answers:
        time.sleep(0.2)
        answers = list(simulator.collect())
    (found,) = answers
    assert isinstance(found, Result), found
    assert found.value == pytest.approx(2.2, abs=0.15)
    assert np.allclose(found.x, 0)
