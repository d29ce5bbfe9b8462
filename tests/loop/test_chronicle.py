"""A history that may still grow, as of any of its cycles."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from loop import chronicle as module
from loop.campaign import Campaign
from loop.chronicle import Chronicle
from loop.history import History
from loop.history.layout import cycle_path
from loop.records import CycleRecord
from loop.session import Session
from loop.state import State, fold


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory, write_tiny: Callable[..., Path]) -> Path:
    folder = write_tiny(tmp_path_factory.mktemp("chronicle") / "tiny")
    with Session(Campaign.load(folder), folder / "history") as session:
        while not session.is_over:
            session.step()
    return folder / "history"


@pytest.fixture
def copied(path: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(path, tmp_path / "history"))


@pytest.fixture(autouse=True)
def _few_between_checkpoints(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(module, "CHECKPOINT_EVERY", 2)
    return


def same(first: State, second: State) -> None:
    assert (first.observations, first.quarantine) == (second.observations, second.quarantine)
    assert repr(first.requests) == repr(second.requests)
    assert (first.next_cycle, first.stopped, first.failures) == (second.next_cycle, second.stopped, second.failures)
    assert first.candidates.keys() == second.candidates.keys()
    for name, points in first.candidates.items():
        np.testing.assert_array_equal(points, second.candidates[name])
    ours, theirs = (state.statistics.to_arrays() for state in (first, second))
    for name, values in ours.items():
        np.testing.assert_array_equal(values, theirs[name])


def test_every_cycle_is_the_fold_of_those_before(path: Path) -> None:
    seen = Chronicle(path)
    seen.refresh()
    with History.open(path) as history:
        records = list(history.records())
    assert seen.count == len(records) > 3
    for number in range(seen.count):
        same(seen.state(number), fold(records[: number + 1]))
        assert seen.campaign(number).sha256 == Campaign.parse(history.header.campaign_text, path / "x").sha256
    kept = seen.records(2)
    assert [each.summary for each in kept] == [each.summary for each in records[:3]]
    assert not any(name.startswith("statistics/") for each in kept for name in each.arrays)


def test_one_that_grows(path: Path, tmp_path: Path) -> None:
    with History.open(path) as history:
        records, header = list(history.records()), history.header
    seen = Chronicle(tmp_path / "new")
    seen.refresh()
    assert not seen.exists
    with History.create(tmp_path / "new", header) as writer:
        seen.refresh()
        assert seen.exists
        assert seen.count == 0
        for record in records:
            writer.append(record)
            seen.refresh()
            assert seen.count == record.number + 1
    same(seen.state(seen.count - 1), fold(records))
    assert seen.total == len(records)


def test_it_can_be_asked_while_it_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another thread that refreshes is not held up, and sees what was read so far."""
    seen, found = Chronicle(path), []
    added = Chronicle._add

    def add(self: Chronicle, record: CycleRecord) -> None:
        added(self, record)
        other = threading.Thread(target=lambda: (seen.refresh(), found.append((seen.count, seen.total))))
        other.start()
        other.join()
        same(seen.state(record.number), fold(records[: record.number + 1]))

    with History.open(path) as history:
        records = list(history.records())
    monkeypatch.setattr(Chronicle, "_add", add)
    seen.refresh()
    assert found == [(number + 1, len(records)) for number in range(len(records))]


def test_a_writer_is_not_locked_out(copied: Path) -> None:
    seen = Chronicle(copied)
    seen.refresh()
    with History.open(copied, "a"):
        seen.refresh()
        assert seen.state(1).next_cycle == 2
    assert not seen.harm


def test_damage_is_named_and_the_rest_is_shown(copied: Path) -> None:
    spoilt = cycle_path(copied, 2)
    whole = spoilt.read_bytes()
    spoilt.write_bytes(whole[:-3] + b"???")
    seen = Chronicle(copied)
    seen.refresh()
    assert seen.count == 2
    assert str(spoilt) in seen.harm
    spoilt.write_bytes(whole)
    seen.refresh()
    assert not seen.harm
    assert seen.count == len(list(copied.glob("cycles/*/*.h5")))


def test_begun_anew(copied: Path, path: Path) -> None:
    seen = Chronicle(copied)
    seen.refresh()
    with History.open(path) as history:
        header, first = history.header, history.read(0)
    shutil.rmtree(copied)
    with History.create(copied, header) as writer:
        writer.append(first)
    seen.refresh()
    assert seen.count == 1
    same(seen.state(0), fold([first]))
