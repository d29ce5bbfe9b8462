"""The store as a user of it sees it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from loop.errors import DamagedCycleError, HistoryError, HistoryLockedError
from loop.history import Header, History, compare
from loop.history.layout import cycle_path


def test_what_was_appended_is_read_back(history, make_record):
    with History.open(history) as opened:
        assert opened.cycles == (0, 1, 2, 3, 4)
        assert len(opened.cycles) == 5
        for number, record in enumerate(opened.records()):
            assert compare(record, make_record(number), facts=True) == []
        assert compare(opened.read(-1), make_record(4), facts=True) == []


def test_header_is_read_back(history, header):
    with History.open(history) as opened:
        assert opened.header == header
        assert opened.header_at(3).campaign_sha256 == header.campaign_sha256


def test_two_histories_of_equal_records_have_one_digest(tmp_path, header, history, make_record):
    with History.create(tmp_path / "other", replace(header, created={})) as other:
        for number in range(5):
            other.append(replace(make_record(number), facts={"host": "elsewhere"}))
        assert other.digest() == History.open(history).digest()


def test_digest_follows_values(tmp_path, header, history, make_record):
    with History.create(tmp_path / "other", header) as other:
        for number in range(5):
            other.append(replace(make_record(number), summary={"best": 1}))
        assert other.digest() != History.open(history).digest()


def test_only_the_next_number_is_taken(history, make_record):
    with History.open(history, "a") as opened:
        for number in (4, 6, 0):
            with pytest.raises(HistoryError, match="expected cycle 5"):
                opened.append(make_record(number))
        opened.append(make_record(5))
    assert History.open(history).cycles == (0, 1, 2, 3, 4, 5)


def test_reading_never_writes(history, make_record):
    with pytest.raises(HistoryError, match="is not open for writing here"):
        History.open(history).append(make_record(5))


def test_two_writers(history):
    with History.open(history, "a"):
        with pytest.raises(HistoryLockedError, match=r"process \d+ on .* for \d+ seconds"):
            History.open(history, "a")
        assert len(History.open(history).cycles) == 5
    History.open(history, "a").close()


def test_no_history(tmp_path, history, header):
    with pytest.raises(HistoryError, match="found no history"):
        History.open(tmp_path)
    with pytest.raises(HistoryError, match="holds a history already"):
        History.create(history, header)


def test_frames(history):
    opened = History.open(history)
    observations = opened.observations()
    assert list(observations["α"]) == [0.1 * number for number in range(5)]
    assert list(observations["requested β"]) == [0.5] * 5
    assert list(observations["laboratory"]) == ["東京"] * 5
    requests = opened.requests()
    assert list(requests["status"]) == ["done"] * 4 + ["sealed"]
    assert list(requests["changed"]) == [1, 2, 3, 4, 4]
    assert list(opened.quarantine()["reason"]) == ["no unit"] * 5


def test_every_step_of_a_request_is_kept(history, make_record):
    with History.open(history, "a") as opened:
        opened.append(replace(make_record(5), facts={"sealed": "2026-11-22T23:00:00"}))
        steps = opened.changes()
    assert list(steps[steps["id"] == "4-experiment-0"]["status"]) == ["sealed", "done"]
    assert list(steps["sealed"])[-1] == "2026-11-22T23:00:00"


def test_frames_of_an_empty_history(tmp_path, header):
    with History.create(tmp_path / "empty", header) as opened:
        assert opened.observations().empty
        assert "status" in opened.requests()
        assert opened.quarantine().empty


def test_damaged_and_missing_cycles_are_named_and_isolated(history):
    damaged, missing = cycle_path(history, 1), cycle_path(history, 3)
    damaged.write_bytes(damaged.read_bytes()[:-1])
    missing.unlink()
    opened = History.open(history)
    report = opened.verify()
    assert (report.whole, list(report.damaged), report.missing) == ((0, 2, 4), [1], (3,))
    assert not report.ok
    assert "cycle 3 is missing" in str(report)
    with pytest.raises(DamagedCycleError, match=r"cycle_000001\.h5.*Put this one file back"):
        list(opened.records())
    assert [record.number for record in opened.records(skip_damaged=True)] == [0, 2, 4]
    assert len(opened.observations(skip_damaged=True)) == 3


def test_header_has_a_twin_and_is_mended(history, header):
    (first,) = history.glob("headers/header_0000.h5")
    first.write_bytes(b"rubbish")
    opened = History.open(history)
    assert opened.header == header
    assert first in opened.verify().headers
    History.open(history, "a").close()
    assert History.open(history).verify().ok


def test_orphan_temporaries_are_removed_by_the_next_writer(history):
    orphan = cycle_path(history, 5).with_name(".cycle_000005.h5.99.tmp")
    orphan.write_bytes(b"half")
    assert len(History.open(history).cycles) == 5
    assert orphan.exists()
    History.open(history, "a").close()
    assert not orphan.exists()


def test_amended_campaign_holds_from_the_next_cycle_on(history, header, make_record):
    with History.open(history, "a") as opened:
        opened.amend(replace(header, campaign_text="budget = 9"), "more budget")
        opened.append(make_record(5))
    opened = History.open(history)
    assert [each.since for each in opened.headers] == [0, 5]
    assert opened.header_at(4).campaign_text == header.campaign_text
    assert opened.header.reason == "more budget"


def test_newer_format_is_refused(history, monkeypatch, make_record):
    monkeypatch.setattr("loop.history.hdf5.FORMAT_VERSION", 2)
    with History.open(history, "a") as opened:
        opened.append(make_record(5))
    monkeypatch.undo()
    opened = History.open(history)
    with pytest.raises(HistoryError, match="found format version 2, expected at most 1"):
        opened.read(5)
    assert opened.read(4).number == 4


def test_path_may_be_text(tmp_path: Path, header: Header):
    History.create(str(tmp_path / "text"), header).close()
    assert History.exists(str(tmp_path / "text"))
