"""The cycle at work is waited for, and no other begins: no server is needed for that."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from flows import last_cycle
from flows.last_cycle import SHOW_SECONDS, LastCycle
from loop.errors import HistoryLockedError
from loop.history.lock import WriterLock


class Scene:
    """A history, what Prefect says of its runs, and a clock."""

    def __init__(self, history: Path) -> None:
        self.history = history
        self.seconds, self.says = 0.0, True
        self.is_away = False
        self.last = LastCycle(history, lambda: self.seconds)

    def ask(self, history: Path) -> bool:
        assert history == self.history
        if self.is_away:
            raise httpx.ConnectError("no server")
        return self.says


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    """A run is at work."""
    made = Scene(tmp_path)
    monkeypatch.setattr(last_cycle, "runs_at_work", made.ask)
    return made


def test_it_is_waited_for_however_long_it_takes_and_no_other_begins(scene: Scene) -> None:
    cycle = WriterLock(scene.history)
    for _ in range(3):
        scene.seconds += 100 * SHOW_SECONDS
        assert not scene.last.is_done()
        assert not scene.last.is_sealed
    cycle.release()
    assert not scene.last.is_done(), "it has sealed, and shows that"
    assert scene.last.is_sealed
    with pytest.raises(HistoryLockedError):
        WriterLock(scene.history)
    scene.says = False
    assert scene.last.is_done()
    scene.last.release()
    WriterLock(scene.history).release()


def test_what_is_left_to_show_is_not_waited_for_for_ever(scene: Scene) -> None:
    assert not scene.last.is_done()
    scene.seconds += SHOW_SECONDS + 1
    assert scene.last.is_done()
    scene.last.release()


def test_a_server_that_is_away_ends_no_cycle(scene: Scene) -> None:
    scene.is_away, cycle = True, WriterLock(scene.history)
    scene.seconds += 100 * SHOW_SECONDS
    assert not scene.last.is_done()
    cycle.release()
    assert not scene.last.is_done()
    scene.seconds += SHOW_SECONDS + 1
    assert scene.last.is_done()
    scene.last.release()


def test_what_is_not_served_is_not_waited_for(scene: Scene) -> None:
    other, scene.says = WriterLock(scene.history), False
    assert scene.last.is_done()
    other.release()


def test_a_history_that_is_gone_is_no_hindrance(scene: Scene) -> None:
    scene.says = False
    gone = LastCycle(scene.history / "gone")
    scene.history = scene.history / "gone"
    assert gone.is_done()
