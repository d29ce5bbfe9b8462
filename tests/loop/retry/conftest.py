"""A campaign by a clock that only tests move, and a cluster that answers when it is allowed to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from adapters.simulators.pool import Pool
from loop.campaign import Campaign
from loop.plugins import Plugin
from loop.records import Failure, Request, Result
from loop.session import Session


class Clock:
    """Tells the time that it was set to."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 1, tzinfo=UTC)

    def __call__(self) -> str:
        return self.moment.isoformat()

    def passes(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Outside:
    """What is outside and outlasts every process: what was done there, and what goes wrong next."""

    def __init__(self) -> None:
        self.acts: Counter[str] = Counter()
        self.asked: list[str] = []
        self.on_collect: Callable[[], None] = lambda: None
        self.before_sending: Callable[[Request], None] = lambda _: None


def made_of(outside: Outside) -> type[Pool]:
    """An adapter that acts on the outside, once a request."""

    class Remote(Pool):
        def submit(self, request: Request) -> None:
            if request.id not in outside.acts:
                outside.before_sending(request)
                outside.acts[request.id] += 1
            super().submit(request)

        def collect(self) -> Iterable[Result | Failure]:
            outside.asked.append(self._context.slot)
            outside.on_collect()
            return super().collect()

    return Remote


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def outside(monkeypatch: pytest.MonkeyPatch) -> Outside:
    """Whatever the slot 'cluster' is asked goes there."""
    world = Outside()
    remote, load = made_of(world), Plugin.load
    monkeypatch.setattr(Plugin, "load", lambda self: remote if self.name == "pool" else load(self))
    return world


@pytest.fixture
def cycle(clock: Clock) -> Callable[[Campaign, Path], bool]:
    """One cycle in a session of its own, as a served campaign has them; whether the campaign is over."""

    def once(campaign: Campaign, path: Path) -> bool:
        with Session(campaign, path, clock=clock) as session:
            session.step()
            return session.is_over

    return once
