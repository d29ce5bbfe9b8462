"""A place that gets free is filled at once, not when all the others have answered too."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from pathlib import Path
from typing import ClassVar

import pytest

from adapters.simulators.pool import Pool
from flows.interruption import Interruption
from flows.steps import Turn, wait
from flows.triggers.places import lookouts_of
from loop.campaign import Campaign
from loop.plugins import Plugin
from loop.records import Failure, Result
from loop.session import Session

SLOTS = 5
FIVE = (("slots = 2\nstart = 4", f"slots = {SLOTS}\nstart = {SLOTS}"), ("seed = 3", "seed = 3\npoll_seconds = 0.01"))


class Slow(Pool):
    """Calculations and measurements that end when a test says so."""

    ended: ClassVar[set[str]] = set()

    def collect(self) -> Iterable[Result | Failure]:
        return [item for item in super().collect() if item.request_id in self.ended]

    def ready(self, requests: Collection[str]) -> Iterable[str]:
        return sorted(self.ended.intersection(requests))


@pytest.fixture
def session(make_campaign: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterable[Session]:
    """A campaign whose start is done and whose five places are taken."""
    load = Plugin.load
    monkeypatch.setattr(Plugin, "load", lambda self: Slow if self.name in {"pool", "archive"} else load(self))
    monkeypatch.setattr(Slow, "ended", set())
    with Session(Campaign.load(make_campaign(*FIVE)), tmp_path / "history") as session:
        session.step()
        Slow.ended.update(request.id for request in session.state.open_requests)
        session.step()
        assert len(_calculations(session)) == SLOTS
        yield session


def _calculations(session: Session) -> list[str]:
    return [request.id for request in session.state.open_requests if request.adapter == "cluster"]


def test_a_run_that_waits_fills_each_place_as_it_gets_free(session: Session) -> None:
    for _ in range(2):
        before = _calculations(session)
        turn, looks = Turn(session), []

        def end_one(_: Session, before: list[str] = before, looks: list[int] = looks) -> None:
            looks.append(1)
            Slow.ended.add(before[2])

        assert wait.fn(turn, Interruption(), end_one)
        assert looks, "it waited before anything had ended"
        assert turn.record is not None
        session.seal(turn.record)
        session.dispatch()
        after = _calculations(session)
        assert len(after) == SLOTS
        assert set(before) - set(after) == {before[2]}


def test_a_served_campaign_hears_of_each_place_that_gets_free(session: Session) -> None:
    _, cluster, _ = lookouts_of(session.campaign, session.history.path, pytest.fail)
    for number in (4, 1):
        cluster.look()
        assert not cluster.ready
        ended = _calculations(session)[number]
        Slow.ended.add(ended)
        cluster.look()
        assert cluster.ready == {f"cluster: {ended}"}
        assert session.step() is not None, "the cycle that it starts"
        assert len(_calculations(session)) == SLOTS
