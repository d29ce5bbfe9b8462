"""What pauses a campaign by itself, and that it goes on once that is mended and somebody resumes it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import loop.control.policing
from adapters.simulators.pool import Pool
from loop.campaign import Campaign
from loop.control import Kind, Order, Orders
from loop.failures_in_a_row import failures_after
from loop.history import History
from loop.records import Reason, Request, Source, Status, StatusChange
from loop.replay import replay
from loop.session import Session
from loop.state import fold

MakeCampaign = Callable[..., Path]


def _resume(path: Path) -> None:
    Orders(path).give(Order(kind=Kind.RESUME, person="Anna", time=datetime.now(UTC).isoformat()))


def test_a_slot_that_fails_again_and_again_pauses_the_campaign(
    make_campaign: MakeCampaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise OSError("no licence")

    from adapters.instruments.archive import Archive

    submit, path = Pool.submit, tmp_path / "h"
    monkeypatch.setattr(Archive, "submit", submit)
    monkeypatch.setattr(Pool, "submit", refuse)
    campaign = Campaign.load(make_campaign(("[stop]", "[pause]\nfailures = 6\n\n[stop]")))
    with Session(campaign, path) as session:
        while (order := session.order) is None:
            assert session.step() is not None
        assert session.state.failures["cluster"] >= 6
        assert session.step() is None
    assert order.person == ""
    assert "requests in a row failed at slot 'cluster'" in order.reason
    assert "no licence" in order.reason
    assert "cluster" in order.remedy
    monkeypatch.setattr(Pool, "submit", submit)
    with Session(campaign, path) as session:
        assert session.step() is None, "it outlasts the process"
    _resume(path)
    with Session(campaign, path) as session:
        while not session.is_over:
            assert session.step() is not None
    with History.open(path) as history:
        assert all(not cycle.differences for cycle in replay(history))


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(Status)), max_size=12), st.integers(0, 12))
def test_failures_in_a_row_are_counted(events: list[tuple[str, Status]], cut: int) -> None:
    reason = Reason(rule="r", text="", mean=0, deviation=0, acquisition=0)
    requests = {
        str(k): Request(
            id=str(k), cycle=0, source=Source.CALCULATION, adapter=slot, target="t", x=(0.0,), label="", cost=1,
            reason=reason, status=Status.SEALED,
        )
        for k, (slot, _) in enumerate(events)
    }  # fmt: skip
    changes = [StatusChange(request_id=str(k), status=status) for k, (_, status) in enumerate(events)]
    found = failures_after(failures_after({}, changes[:cut], requests), changes[cut:], requests)
    for slot in "ab":
        count = 0
        for name, status in events:
            if name == slot and status in {Status.DONE, Status.FAILED, Status.UNKNOWN}:
                count = 0 if status is Status.DONE else count + 1
        assert found.get(slot, 0) == count


def test_a_disk_that_is_nearly_full_pauses_the_campaign(
    make_campaign: MakeCampaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    campaign = Campaign.load(make_campaign(("[stop]", "[pause]\nfree_megabytes = 300\n\n[stop]")))
    usage = shutil.disk_usage(tmp_path)
    with Session(campaign, tmp_path / "h") as session:
        assert session.step() is not None
        with monkeypatch.context() as patch:
            patch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=299_000_000))
            assert session.step() is None
            _resume(tmp_path / "h")
            assert session.step() is None, "nobody has made room"
        assert session.order is not None
        assert "299 MB are free" in session.order.reason
        assert session.order.remedy == "Make room there."
        _resume(tmp_path / "h")
        assert session.step() is not None


@pytest.mark.parametrize("same_process", [True, False])
def test_a_clock_that_goes_back_pauses_the_campaign_once(
    make_campaign: MakeCampaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, same_process: bool
) -> None:
    campaign, path = Campaign.load(make_campaign()), tmp_path / "h"
    wrong = (datetime.now(UTC) + timedelta(hours=2)).isoformat(timespec="milliseconds")
    session = Session(campaign, path)
    with monkeypatch.context() as patch:
        patch.setattr("loop.session.now", lambda: wrong)
        assert session.step() is not None
    if not same_process:
        session.history.close()
        session = Session(campaign, path)
    with session:
        assert session.step() is None
        assert session.order is not None
        assert "the clock went back by" in session.order.reason
        assert wrong in session.order.reason
        _resume(path)
        assert session.step() is not None, "a person has seen it"


def test_small_steps_of_the_clock_are_nothing(make_campaign: MakeCampaign, tmp_path: Path) -> None:
    table = Campaign.load(make_campaign()).table.pause
    soon = (datetime.now(UTC) + timedelta(seconds=table.clock_seconds / 2)).isoformat()
    assert loop.control.policing.before_cycle(table, tmp_path, soon) is None
    assert loop.control.policing.before_cycle(table, tmp_path, "") is None


def test_the_table_may_change_at_any_time(make_campaign: MakeCampaign, tmp_path: Path) -> None:
    with Session(Campaign.load(make_campaign()), tmp_path / "h") as session:
        session.step()
    changed = Campaign.load(make_campaign(("[stop]", "[pause]\nfailures = 3\n\n[stop]")))
    with Session(changed, tmp_path / "h") as session:
        assert session.step() is not None
    with History.open(tmp_path / "h") as history:
        assert fold(history.records()).next_cycle == 2
