"""A session under orders: nothing begins and nothing is handed out; what is given up is sealed; the same bits after."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest

from adapters.instruments.archive import Archive
from adapters.simulators.pool import Pool
from loop.campaign import Campaign
from loop.control import Kind, Order, Orders
from loop.control.at_once import give_up_now
from loop.history import History
from loop.records import Failure, Request, Result, Status
from loop.replay import replay
from loop.session import Session
from loop.state import CANCELLATION, REFOLD, State, fold

MakeCampaign = Callable[..., Path]


@pytest.fixture
def tiny(make_campaign: MakeCampaign) -> Campaign:
    return Campaign.load(make_campaign())


@pytest.fixture
def handed_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the requests that adapters were given."""
    found: list[str] = []
    submit = Pool.submit

    def noting(self: Pool, request: Request) -> None:
        found.append(request.id)
        submit(self, request)

    for adapter in (Pool, Archive):
        monkeypatch.setattr(adapter, "submit", noting)
    return found


def _give(path: Path, kind: Kind, reason: str = "the furnace is mended") -> Order:
    return Orders(path).give(Order(kind=kind, reason=reason, person="Anna", time="2026-11-23T03:30:00.000+00:00"))


def _to_the_end(campaign: Campaign, path: Path) -> str:
    with Session(campaign, path) as session:
        while not session.is_over:
            assert session.step() is not None
        return session.history.digest()


def _state(path: Path) -> State:
    with History.open(path) as history:
        assert all(not cycle.differences for cycle in replay(history))
        return fold(history.records())


@pytest.mark.parametrize(("kind", "same_process"), [(Kind.PAUSE, True), (Kind.STOP, False)])
def test_held_and_resumed_at_any_cycle_changes_no_bit(
    tiny: Campaign, tmp_path: Path, kind: Kind, same_process: bool
) -> None:
    undisturbed, path = _to_the_end(tiny, tmp_path / "plain"), tmp_path / "held"
    rng, is_over = np.random.default_rng(0), False
    while not is_over:
        with Session(tiny, path) as session:
            for _ in range(int(rng.integers(1, 3))):
                session.step()
            before = session.state.next_cycle
            _give(path, kind)
            assert session.step() is None
            assert session.state.next_cycle == before
            if same_process:
                _give(path, Kind.RESUME)
                session.step()
            is_over = session.is_over
        if not same_process:
            with Session(tiny, path) as session:
                assert session.step() is None
            _give(path, Kind.RESUME)
    assert _to_the_end(tiny, path) == undisturbed
    _state(path)


def test_nothing_is_handed_out_while_an_order_stands(tiny: Campaign, tmp_path: Path, handed_out: list[str]) -> None:
    with Session(tiny, tmp_path / "h") as session:
        record = session.decide(session.collect())
        assert record is not None
        _give(tmp_path / "h", Kind.PAUSE)
        session.seal(record)
        session.dispatch()
        assert handed_out == []
    with Session(tiny, tmp_path / "h") as session:
        assert handed_out == []
        _give(tmp_path / "h", Kind.RESUME)
        session.step()
        assert handed_out[: len(record.requests)] == [request.id for request in record.requests]


class Endless(Pool):
    """A cluster whose jobs do not end, but for the first."""

    given_up: list[str]

    def collect(self) -> Iterable[Result | Failure]:
        return [item for item in super().collect() if item.request_id == "000000-cluster-0"]

    def cancel(self, request_id: str) -> None:
        type(self).given_up.append(request_id)
        super().cancel(request_id)


@pytest.fixture
def endless(monkeypatch: pytest.MonkeyPatch) -> type[Endless]:
    from loop.plugins import Plugin

    load = Plugin.load
    monkeypatch.setattr(Plugin, "load", lambda self: Endless if self.name == "pool" else load(self))
    monkeypatch.setattr(Endless, "given_up", [], raising=False)
    return Endless


def test_stopped_at_once_open_requests_are_given_up_and_that_is_sealed(
    tiny: Campaign, tmp_path: Path, endless: type[Endless]
) -> None:
    path = tmp_path / "h"
    with Session(tiny, path) as session:
        session.step()
        asked = {each.id for each in session.state.open_requests if each.adapter == "cluster"}
        order = _give(path, Kind.STOP_NOW)
        assert session.obey() == order
        assert session.obey() == order, "and once only"
        cycles = session.state.next_cycle
    assert set(endless.given_up) == asked - {"000000-cluster-0"}
    state = _state(path)
    assert state.next_cycle == cycles == 2
    statuses = {name: request.status for name, request in state.requests.items()}
    assert {statuses[name] for name in endless.given_up} == {Status.CANCELLED}
    kept = {request.id for request in state.open_requests}
    assert kept == {name for name in statuses if "laboratory" in name} | {"000000-cluster-0"}, "those have their value"
    with History.open(path) as history:
        record = history.read(1)
    assert record.summary[REFOLD] == CANCELLATION
    assert record.summary["reason"] == "stopped at once by Anna: the furnace is mended"
    assert record.facts["person"] == "Anna"
    _give(path, Kind.RESUME)
    with Session(tiny, path) as session:
        learned = session.step()
    assert learned is not None
    assert {item.request_id for item in learned.observations} == kept
    _state(path)


def test_stopped_at_once_with_nobody_at_work(tiny: Campaign, tmp_path: Path, endless: type[Endless]) -> None:
    path = tmp_path / "h"
    with Session(tiny, path) as session:
        session.step()
        asked = {each.id for each in session.state.open_requests}
    order = _give(path, Kind.STOP_NOW)
    changes = give_up_now(path, order)
    assert {change.request_id for change in changes} == asked
    assert {change.status for change in changes} == {Status.CANCELLED}
    state = _state(path)
    assert not state.open_requests
    assert set(endless.given_up) == {name for name in asked if "cluster" in name}
    with Session(tiny, path) as session:
        assert session.obey() == order
        assert session.state.next_cycle == state.next_cycle, "said once"


def test_killed_while_giving_up_it_is_done_again(
    tiny: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "h"
    with Session(tiny, path) as session:
        session.step()
        asked = {each.id for each in session.state.open_requests}
    _give(path, Kind.STOP_NOW)

    class Crash(BaseException):
        pass

    def crash(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patch, Session(tiny, path) as session:
        patch.setattr(History, "append", crash)
        with pytest.raises(Crash):
            session.obey()
    with Session(tiny, path) as session:
        session.obey()
        assert not session.state.open_requests
    assert {_state(path).requests[name].status for name in asked} == {Status.CANCELLED}


def test_an_adapter_that_does_not_cancel_is_told_of_and_keeps_no_other_from_it(
    tiny: Campaign, tmp_path: Path, endless: type[Endless], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no route to host")

    path = tmp_path / "h"
    with Session(tiny, path) as session:
        session.step()
    monkeypatch.setattr(endless, "cancel", refuse)
    changes = give_up_now(path, _give(path, Kind.STOP_NOW))
    words = {(change.request_id.split("-")[1], change.status) for change in changes}
    assert words == {("cluster", Status.UNKNOWN), ("laboratory", Status.CANCELLED)}
    assert all("no route to host" in change.note for change in changes if change.status is Status.UNKNOWN)
    assert not _state(path).open_requests


def test_an_adapter_that_cannot_be_made_is_told_of_and_keeps_no_other_from_it(
    make_campaign: Callable[..., Path], tmp_path: Path, endless: type[Endless]
) -> None:
    path, before = tmp_path / "h", make_campaign()
    with Session(Campaign.load(before), path) as session:
        session.step()
    moved = before.rename(tmp_path / "moved")
    (moved / "measurements.csv").unlink()
    changes = give_up_now(path, _give(path, Kind.STOP_NOW), folder=moved)
    words = {(change.request_id.split("-")[1], change.status) for change in changes}
    assert words == {("cluster", Status.CANCELLED), ("laboratory", Status.UNKNOWN)}
    assert all("measurements.csv" in change.note for change in changes if change.status is Status.UNKNOWN)
    assert endless.given_up
    assert not _state(path).open_requests


def test_what_an_adapter_says_is_sealed_without_secrets(
    make_campaign: Callable[..., Path], tmp_path: Path, endless: type[Endless], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("401 for lims.example/samples?key=tell-nobody")

    monkeypatch.setenv("LIMS_KEY", "tell-nobody")
    path, folder = tmp_path / "h", make_campaign()
    (folder / "campaign.toml").write_text((folder / "campaign.toml").read_text() + "\n# key = { env = 'LIMS_KEY' }\n")
    monkeypatch.setattr(endless, "cancel", refuse)
    campaign = Campaign.load(folder)
    with Session(campaign, path) as session:
        session.step()
        _give(path, Kind.STOP_NOW)
        session.obey()
        notes = [change.note for change in session.history.read(1).changes if change.status is Status.UNKNOWN]
    assert notes
    assert all("401 for lims.example" in note and "tell-nobody" not in note for note in notes)


def test_stopped_at_once_before_the_first_cycle_nothing_is_given_up(tiny: Campaign, tmp_path: Path) -> None:
    path = tmp_path / "h"
    with Session(tiny, path):
        pass
    order = _give(path, Kind.STOP_NOW)
    assert give_up_now(path, order) == ()
    assert Orders(path).is_settled(order)


def test_what_another_process_sealed_before_is_told_all_the_same(
    tiny: Campaign, tmp_path: Path, endless: type[Endless]
) -> None:
    path = tmp_path / "h"
    with Session(tiny, path) as session:
        session.step()
        order = _give(path, Kind.STOP_NOW)
        session.obey()
    given_up = set(endless.given_up)
    assert given_up
    assert given_up <= {change.request_id for change in give_up_now(path, order)}
    assert set(endless.given_up) == given_up, "nothing was left to do"


@pytest.mark.usefixtures("endless")
def test_stopped_at_once_again_nothing_is_given_up_twice(tiny: Campaign, tmp_path: Path) -> None:
    path = tmp_path / "h"
    with Session(tiny, path) as session:
        session.step()
    assert give_up_now(path, _give(path, Kind.STOP_NOW))
    assert give_up_now(path, _give(path, Kind.STOP_NOW)) == ()


def test_an_adapter_that_cannot_be_made_here_is_left_to_whoever_serves(
    make_campaign: Callable[..., Path], tmp_path: Path, endless: type[Endless]
) -> None:
    path, folder = tmp_path / "h", make_campaign()
    served = Campaign.load(folder)
    with Session(served, path) as session:
        session.step()
    table = folder / "measurements.csv"  # as a secret that is not set in this shell
    table.rename(folder / "away.csv")
    looks = 0

    def is_served() -> bool:
        nonlocal looks
        looks += 1
        if looks == 2:
            (folder / "away.csv").rename(table)
            with Session(served, path) as session:
                session.obey()
        return True

    changes = give_up_now(path, _give(path, Kind.STOP_NOW), is_served=is_served)
    assert looks == 2
    assert endless.given_up, "what can be told here is told at once"
    assert {change.status for change in changes} == {Status.CANCELLED}
    assert not _state(path).open_requests


def test_an_adapter_that_nobody_can_make_any_more_is_told_of(
    make_campaign: Callable[..., Path], tmp_path: Path, endless: type[Endless]
) -> None:
    path, folder, looks = tmp_path / "h", make_campaign(), iter((True, True, False))
    with Session(Campaign.load(folder), path) as session:
        session.step()
    (folder / "measurements.csv").unlink()
    changes = give_up_now(path, _give(path, Kind.STOP_NOW), is_served=lambda: next(looks))
    assert {change.status for change in changes} == {Status.CANCELLED, Status.UNKNOWN}, "who served it was killed"
    assert endless.given_up


def test_an_order_that_comes_while_requests_are_handed_out_holds_the_rest_back(
    tiny: Campaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, handed_out, submit = tmp_path / "h", list[str](), Pool.submit

    def ordering(self: Pool, request: Request) -> None:
        handed_out.append(request.id)
        submit(self, request)
        if len(handed_out) == 2:
            _give(path, Kind.STOP_NOW)

    for adapter in (Pool, Archive):
        monkeypatch.setattr(adapter, "submit", ordering)
    with Session(tiny, path) as session:
        session.step()
        assert len(handed_out) == 2 < len(session.state.requests)
        session.obey()
        assert {each.id for each in session.state.open_requests} <= set(handed_out), "those that have their value"
    assert len(handed_out) == 2
    _state(path)


def test_whoever_writes_the_history_seals_what_was_given_up(
    tiny: Campaign, tmp_path: Path, endless: type[Endless]
) -> None:
    path = tmp_path / "h"
    with Session(tiny, path) as session:
        session.step()
        order = _give(path, Kind.STOP_NOW)
        give_up_now(path, order, patience=0.5)
        assert endless.given_up, "the adapters were told, without waiting for the writer"
        assert session.state.next_cycle == 1
        session.obey()
        assert session.state.next_cycle == 2
    _state(path)


def test_the_campaign_ends_after_a_stop_at_once(tiny: Campaign, tmp_path: Path) -> None:
    path = tmp_path / "h"
    with Session(tiny, path) as session:
        session.step()
    give_up_now(path, _give(path, Kind.STOP_NOW))
    _give(path, Kind.RESUME)
    _to_the_end(tiny, path)
    assert _state(path).is_over
