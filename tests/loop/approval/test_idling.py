"""Patience runs off while somebody looks, held against a naive account."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.approval.idling import FILE, Idling

START = datetime(2026, 11, 23, tzinfo=UTC)
PATIENCE = timedelta(hours=24)


@given(before=st.lists(st.floats(0, 100), max_size=8), after=st.lists(st.floats(0, 100), max_size=8))
def test_of_each_pause_at_most_half_of_the_patience_counts(before: list[float], after: list[float]) -> None:
    idling, now = Idling().looked(START, PATIENCE), START
    for pause in before:
        now += timedelta(hours=pause)
        idling = idling.looked(now, PATIENCE)
    asked = now
    assert idling.since(asked) == timedelta()
    for pause in after:
        now += timedelta(hours=pause)
        idling = idling.looked(now, PATIENCE)
    counted = (now - asked - idling.since(asked)) / timedelta(hours=1)
    assert counted == pytest.approx(sum(min(pause, 12.0) for pause in after), abs=1e-6)


def test_a_time_in_which_nothing_waited_postpones_nothing() -> None:
    idling, asked = Idling().looked(START, PATIENCE, START), START + timedelta(days=14)
    for hours in (1, 5, 40):
        idling = idling.looked(asked + timedelta(hours=hours), PATIENCE, asked)
    assert idling.since(asked) == timedelta(hours=35 - 12), "nobody looked from the fifth hour to the fortieth"


@given(pauses=st.lists(st.floats(0, 1000), max_size=8), hours=st.floats(0, 5000))
def test_no_more_than_what_has_passed_does_not_count(pauses: list[float], hours: float) -> None:
    idling, now, asked = Idling(), START, START + timedelta(hours=hours)
    for pause in pauses:
        now += timedelta(hours=pause)
        idling = idling.looked(now, PATIENCE)
    assert idling.since(asked) <= max(now - asked, timedelta())


def test_a_clock_that_is_set_back_adds_nothing() -> None:
    back = Idling().looked(START, PATIENCE).looked(START - timedelta(hours=100), PATIENCE)
    assert back.since(START - timedelta(days=10)) == timedelta()


@given(hours=st.lists(st.floats(0, 1000), max_size=8))
def test_what_is_written_is_read(tmp_path_factory: pytest.TempPathFactory, hours: list[float]) -> None:
    folder, idling, now = tmp_path_factory.mktemp("h"), Idling(), START
    for pause in hours:
        now += timedelta(hours=pause)
        idling = idling.looked(now, PATIENCE)
    idling.write(folder)
    assert Idling.read(folder) == idling


@pytest.mark.parametrize("found", ["", "[]", '{"last": 3, "spans": []}', '{"last": "2026-11-23T00:00:00+00:00"}'])
def test_a_note_that_cannot_be_read_begins_anew(tmp_path: Path, found: str) -> None:
    (tmp_path / "decisions").mkdir()
    (tmp_path / "decisions" / FILE).write_text(found)
    assert Idling.read(tmp_path) == Idling()
