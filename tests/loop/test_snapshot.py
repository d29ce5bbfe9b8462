"""What a history came to is kept beside it, to the last bit, and is not believed where it is not of that history."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import loop.session
from loop.campaign import Campaign
from loop.history import History
from loop.history.layout import SNAPSHOT
from loop.refolding import retraction
from loop.session import Session
from loop.snapshot import folded, keep_snapshot
from loop.state import State, fold

MakeCampaign = Callable[..., Path]
SUSPICIOUS = ("[stop]", "[admit]\nz_limit = 0.5\n\n[stop]")
WAITING = ("[stop]", "[approval]\ncost_above = 0.5\n\n[stop]")


def _assert_same(found: State, expected: State) -> None:
    """Every field, every bit, and the order of the requests."""
    assert list(found.requests) == list(expected.requests)
    for name in ("next_cycle", "observations", "quarantine", "stopped", "failures", "judged", "decided"):
        assert repr(getattr(found, name)) == repr(getattr(expected, name)), name
    assert repr(list(found.requests.values())) == repr(list(expected.requests.values()))
    arrays = [
        (state.candidates, state.statistics.to_arrays() if state.statistics else {}) for state in (found, expected)
    ]
    for one, other in zip(*arrays, strict=True):
        assert one.keys() == other.keys()
        assert all(one[key].dtype == other[key].dtype for key in one)
        assert all(np.array_equal(one[key], other[key], equal_nan=True) for key in one)


@pytest.fixture(params=[SUSPICIOUS, WAITING], ids=["suspicious", "waiting"])
def history(request: pytest.FixtureRequest, make_campaign: MakeCampaign, tmp_path: Path) -> Path:
    """Some cycles, with values put aside or requests that wait for approval, a value taken back, and no snapshot."""
    campaign, path = Campaign.load(make_campaign(request.param)), tmp_path / "history"
    with Session(campaign, path) as session:
        for _ in range(5):
            session.step()
        assert session.state.quarantine or session.state.awaiting_approval
    with History.open(path, "a") as kept:
        state = fold(kept.records())
        kept.append(retraction(campaign, state, state.observations[0].id, "the furnace leaked"))
    assert not (path / SNAPSHOT).exists()
    return path


def test_from_any_cycle_on_it_is_the_fold_of_all(history: Path) -> None:
    with History.open(history, "a") as kept:
        records = list(kept.records())
        for count in range(1, len(records) + 1):
            keep_snapshot(kept, fold(records[:count]))
            _assert_same(folded(kept), fold(records))


def test_what_came_before_it_is_not_read(history: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with History.open(history, "a") as kept:
        records = list(kept.records())
        keep_snapshot(kept, fold(records[:-1]))
        read, asked = History.read, list[int]()
        monkeypatch.setattr(History, "read", lambda self, number: (asked.append(number), read(self, number))[1])
        _assert_same(folded(kept), fold(records))
        assert asked == [len(records) - 1]


def _of_another_version(path: Path) -> None:
    import loop.snapshot

    with pytest.MonkeyPatch.context() as patch, History.open(path, "a") as kept:
        patch.setattr(loop.snapshot, "_FORMAT", 0)
        keep_snapshot(kept, fold(kept.records()))


def _flipped(path: Path) -> None:
    content = bytearray((path / SNAPSHOT).read_bytes())
    content[len(content) // 2] ^= 1
    (path / SNAPSHOT).write_bytes(content)


def _of_a_cycle(path: Path) -> None:
    shutil.copy(next((path / "cycles").glob("*/*.h5")), path / SNAPSHOT)


@pytest.mark.parametrize(
    "spoil",
    [
        _flipped,
        _of_another_version,
        _of_a_cycle,
        lambda path: (path / SNAPSHOT).write_bytes(b""),
        lambda path: (path / SNAPSHOT).unlink(),
    ],
    ids=["a bit", "another version", "a cycle", "empty", "gone"],
)
def test_one_that_cannot_be_used_is_passed_over(history: Path, spoil: Callable[[Path], None]) -> None:
    with History.open(history, "a") as kept:
        expected = fold(kept.records())
        keep_snapshot(kept, expected)
    spoil(history)
    with History.open(history) as kept:
        _assert_same(folded(kept), expected)


def test_one_of_another_history_is_passed_over(history: Path, make_campaign: MakeCampaign, tmp_path: Path) -> None:
    """A folder that was put together from two copies, or went back to an older one."""
    other = tmp_path / "other"
    with Session(Campaign.load(make_campaign()), other) as session:
        for _ in range(3):
            session.step()
        keep_snapshot(session.history, session.state)
    shutil.copy(other / SNAPSHOT, history / SNAPSHOT)
    with History.open(history) as kept:
        _assert_same(folded(kept), fold(kept.records()))
    for cycle in sorted((other / "cycles").glob("*/*.h5"))[1:]:
        cycle.unlink()
    with History.open(other) as kept:
        _assert_same(folded(kept), fold(kept.records()))


def test_sessions_keep_one_now_and_then_and_the_history_is_the_same(
    make_campaign: MakeCampaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: str
) -> None:
    monkeypatch.setattr(loop.session, "EVERY", 3)
    campaign, path, over, kept_at = Campaign.load(make_campaign()), tmp_path / "history", False, list[int]()
    while not over:
        with Session(campaign, path) as session:
            before = (path / SNAPSHOT).exists() and (path / SNAPSHOT).stat().st_mtime_ns
            session.step()
            number, over = session.state.next_cycle, session.is_over
        if (path / SNAPSHOT).exists() and (path / SNAPSHOT).stat().st_mtime_ns != before:
            kept_at.append(number)
    assert kept_at == list(range(3, number + 1, 3))
    with History.open(path) as history:
        assert history.digest() == undisturbed
        _assert_same(folded(history), fold(history.records()))
