"""What a scheduled run and whoever watches it make of an order; no server is needed for that."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from flows.following import Follower
from loop.campaign import Campaign
from loop.control import Kind, Order, Orders
from loop.history import History
from loop.records import CycleRecord, Status
from loop.session import Session
from loop.state import fold


@pytest.fixture
def begun(make_campaign: Callable[..., Path]) -> Path:
    """The tiny campaign after one cycle."""
    folder = make_campaign()
    with Session(Campaign.load(folder), folder / "history") as session:
        session.step()
    return folder


def _order(kind: Kind) -> Order:
    return Order(kind=kind, person="Anna", time="noon", reason="a leak")


@pytest.mark.parametrize("kind", [Kind.PAUSE, Kind.STOP, Kind.STOP_NOW])
def test_a_scheduled_run_does_no_cycle_and_says_why(begun: Path, kind: Kind) -> None:
    from flows.served import campaign_cycle

    Orders(begun / "history").give(_order(kind))
    state = campaign_cycle.fn(str(begun), str(begun / "history"))
    assert (state.name, state.type) == ("Paused", "COMPLETED")
    assert state.message == f"no cycle: the campaign was {kind.done} by Anna at noon: a leak"
    with History.open(begun / "history") as history:
        requests = fold(history.records()).requests.values()
    given_up = {request.status is Status.CANCELLED for request in requests}
    assert given_up == {kind is Kind.STOP_NOW}, "a run carries out what its giver could not"


def test_stopped_at_once_while_its_cycle_is_at_work_a_run_carries_that_out(
    make_campaign: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import served

    folder = make_campaign()

    def stopped(session: Session) -> CycleRecord | None:
        record = session.step()
        Orders(folder / "history").give(_order(Kind.STOP_NOW))
        return record

    monkeypatch.setattr(served, "one_cycle", stopped)
    monkeypatch.setattr(served.Teller, "cycle", lambda *_: None)
    state = served.campaign_cycle.fn(str(folder), str(folder / "history"))
    assert state.message.startswith("cycle 0 is sealed")
    orders = Orders(folder / "history")
    assert all(orders.is_settled(each) for each in orders.all())


def test_stopped_at_once_during_its_last_cycle_a_run_carries_that_out(
    make_campaign: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from flows import campaign_flow, cycles

    folder = make_campaign()

    def stopped(session: Session, *_: object, once: bool) -> None:
        assert once
        session.step()
        Orders(folder / "history").give(_order(Kind.STOP_NOW))

    monkeypatch.setattr(cycles, "run_cycles", stopped)
    monkeypatch.setattr(campaign_flow, "embedded_prefect", nullcontext)
    campaign_flow.run_campaign(Campaign.load(folder), folder / "history", once=True)
    orders = Orders(folder / "history")
    assert all(orders.is_settled(each) for each in orders.all())


def test_who_watches_says_each_order_once_and_ends_at_a_stop(begun: Path) -> None:
    said: list[str] = []
    orders, follower = Orders(begun / "history"), Follower(begun / "history", said.append)
    follower.look()
    orders.give(_order(Kind.PAUSE))
    follower.look()
    follower.look()
    assert not follower.is_stopped
    orders.give(_order(Kind.RESUME))
    follower.look()
    orders.give(_order(Kind.STOP))
    follower.look()
    assert follower.is_stopped
    assert said == [
        "the campaign is paused by Anna at noon: a leak",
        "the campaign is resumed",
        "the campaign is stopped by Anna at noon: a leak",
    ]
