"""Runs that nobody works at any more do not keep the campaign from going on."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from flows import burial
from flows.burial import SILENCE_SECONDS, Burial
from flows.embedded import client_of
from flows.reconciling import bury_dead_runs, runs_at_work
from flows.server import Server
from loop.errors import HistoryLockedError
from loop.history.lock import WriterLock


class Scene:
    """A history, what Prefect says of its runs, and a clock."""

    def __init__(self, history: Path) -> None:
        self.history, self.seconds = history, 0.0
        self.run, self.is_away = uuid4(), False
        self.buried: list[Collection[UUID] | None] = []

    def at_work(self, history: Path) -> frozenset[UUID]:
        assert history == self.history
        return frozenset({self.run})

    def bury(self, history: Path, only: Collection[UUID] | None = None) -> list[datetime]:
        assert history == self.history
        with pytest.raises(HistoryLockedError):
            WriterLock(history)
        if self.is_away:
            raise httpx.ConnectError("no server")
        self.buried.append(only)
        return [datetime(2026, 1, 1, tzinfo=UTC)]

    def look(self, found: Burial, seconds: float) -> list[Collection[UUID] | None]:
        """Look every second."""
        for _ in range(int(seconds)):
            self.seconds += 1
            found.look()
        return self.buried

    def begin(self) -> Burial:
        """Serving begins."""
        return Burial(self.history, lambda: self.seconds)


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    made = Scene(tmp_path)
    monkeypatch.setattr(burial, "runs_at_work", made.at_work)
    monkeypatch.setattr(burial, "bury_dead_runs", made.bury)
    return made


def test_where_nobody_writes_all_are_dead(scene: Scene) -> None:
    found = scene.begin()
    assert found.missed
    assert scene.look(found, 2 * SILENCE_SECONDS) == [None]
    WriterLock(scene.history).release()


def test_one_that_is_at_work_is_dead_some_time_after_its_end(scene: Scene) -> None:
    lock = WriterLock(scene.history)
    found = scene.begin()
    assert scene.look(found, 600) == []
    lock.release()
    assert scene.look(found, SILENCE_SECONDS - 5) == [], "it may be telling its end"
    lock = WriterLock(scene.history)  # another cycle of its
    assert scene.look(found, 10) == []
    lock.release()
    assert scene.look(found, SILENCE_SECONDS) == []
    scene.is_away = True
    assert scene.look(found, 60) == []
    scene.is_away = False
    assert scene.look(found, 60) == [{scene.run}], "once, and no run that began later"


@pytest.mark.server
@pytest.mark.timeout(600)
def test_on_a_server(prefect_home: Path, tmp_path: Path) -> None:
    with Server(prefect_home) as server:
        server.wait()
        with client_of(prefect_home, server.port):
            _check(tmp_path)


def _check(history: Path) -> None:
    from prefect.client.orchestration import get_client
    from prefect.states import Completed, Pending, Running

    with get_client(sync_client=True) as client:
        flow = client.create_flow_from_name("cycle")
        given = {"history": str(history.resolve())}
        deployment = client.create_deployment(flow_id=flow, name="buried")

        def begun(state: Any, **parameters: str) -> UUID:
            made = client.create_flow_run_from_deployment(deployment, tags=["douka"], parameters=parameters)
            client.set_flow_run_state(made.id, state, force=True)
            return made.id

        lost, other = begun(Running(), **given), begun(Running(), history="elsewhere")
        lock = WriterLock(history)
        seconds = [0.0]
        found = Burial(history, lambda: seconds[0])
        young, done = begun(Pending(), **given), begun(Completed(), **given)
        assert runs_at_work(history) == {lost, young}
        lock.release()
        for seconds[0] in (1.0, 2.0 + SILENCE_SECONDS):
            found.look()
        states = [client.read_flow_run(run).state.name for run in (lost, other, young, done)]
        assert states == ["Crashed", "Running", "Pending", "Completed"]
        bury_dead_runs(history)
        assert runs_at_work(history) == frozenset()
        client.set_flow_run_state(other, Completed(), force=True)
