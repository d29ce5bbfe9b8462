"""The shipped campaign at finite temperature."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from adapters.tables.readings import campaign_readings
from loop.campaign import Campaign
from loop.history import History
from loop.replay import replay
from loop.session import Session

FOLDER = Path(__file__).parents[2] / "workspace/campaigns/magnet-finite-temperature"


def _table(name: str) -> list[dict[str, str]]:
    with (FOLDER / "data" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_value_has_its_paper_and_its_laboratory() -> None:
    for name in ("magnetization.csv", "curie_temperatures.csv"):
        for row in _table(name):
            assert row["paper"], row["id"]
            assert row["laboratory"], row["id"]
            assert row["doi"] == "none found" or row["doi"].startswith("10."), row["id"]
    assert all(row["reason"] for row in _table("left_out.csv"))


def test_the_tables_are_read_with_their_temperatures() -> None:
    readings = campaign_readings(Campaign.load(FOLDER))
    counts = Counter((reading.target, reading.temperature) for reading in readings)
    assert counts["M", 4.0] == 4
    assert counts["M", 300.0] == 55
    assert counts["Tc", None] == 108
    assert counts["M_published", None] == 4


@pytest.mark.slow
def test_it_runs_to_its_end_and_replays(tmp_path: Path) -> None:
    with Session(Campaign.load(FOLDER), tmp_path / "history") as session:
        for _ in range(20):
            if session.is_over:
                break
            session.step()
        assert session.is_over
        summary = session.history.read(session.state.next_cycle - 1).summary
    with History.open(tmp_path / "history") as history:
        assert [cycle.number for cycle in replay(history) if cycle.differences] == []
    # At 400 K the best one has some cobalt.
    assert "Co" in str(summary["best_predicted"])
