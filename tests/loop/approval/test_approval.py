"""Requests that wait for a person: not handed out, not asked twice, decided once, and the same in a replay."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from adapters.simulators.pool import Pool
from loop.approval import Decisions, awaiting, decide
from loop.campaign import Campaign
from loop.control import Kind, Order, Orders
from loop.errors import DataError
from loop.history import History
from loop.records import Decision, Request, Ruling, Source, Status
from loop.replay import replay
from loop.session import Session
from loop.state import State, fold
from loop.whatif import what_if

Asking = Callable[[str], Campaign]


def _decision(request: Request, ruling: Ruling = Ruling.APPROVED, **more: Any) -> Decision:
    return Decision(request_id=request.id, ruling=ruling, person="Anna", **{"reason": "so be it", **more})


def _replayed(path: Path) -> State:
    with History.open(path) as history:
        assert all(not cycle.differences for cycle in replay(history))
        return fold(history.records())


def _until_idle(session: Session) -> None:
    """The start of the calculations is in; people are waited for."""
    while session.step() is not None:
        assert session.state.next_cycle < 10


def _everybody_agrees(session: Session) -> None:
    for waiting in awaiting(session.history, session.state):
        if waiting.pending is None:
            decide(session.history.path, _decision(waiting.request))


def _mixed(session: Session) -> None:
    """Who decides by what the request is alone: some are approved, some changed, some rejected."""
    for waiting in awaiting(session.history, session.state):
        if waiting.pending is None:
            request = waiting.request
            asked = {each.x for each in session.state.requests.values() if each.target == request.target}
            free = [x for x in map(tuple, session.state.candidates[request.adapter].tolist()) if x not in asked]
            match crc32(request.id.encode()) % 4:
                case 0 if free:
                    decision = _decision(request, Ruling.CHANGED, x=free[0])
                case 1:
                    decision = _decision(request, Ruling.REJECTED)
                case _:
                    decision = _decision(request)
            decide(session.history.path, decision)


def _to_the_end(campaign: Campaign, path: Path, person: Callable[[Session], None]) -> str:
    with Session(campaign, path) as session:
        for _ in range(60):
            if session.is_over:
                return session.history.digest()
            person(session)
            session.step()
    raise AssertionError("not over after 60 steps")


def test_nothing_is_handed_out_before_somebody_approves(
    asking: Asking, tmp_path: Path, handed_out: list[Request]
) -> None:
    path = tmp_path / "h"
    with Session(asking("experiments = true"), path) as session:
        _until_idle(session)
        assert {each.source for each in handed_out} == {Source.CALCULATION}
        one, other = session.state.awaiting_approval
        assert one.approval == "every experiment is to be approved"
        assert session.waiting_for()[one.id] == "waits for approval: every experiment is to be approved"
        decide(path, _decision(one))
        record = session.step()
        assert record is not None
        assert [(each.request_id, each.status, each.note) for each in record.changes] == [
            (one.id, Status.SEALED, "approved by Anna: so be it")
        ]
        assert [each.id for each in handed_out if each.source is Source.EXPERIMENT] == [one.id]
        assert "decision.0" in record.facts
        session.step()
        assert session.state.requests[one.id].status is Status.DONE
        assert session.state.awaiting_approval == [other]
    _replayed(path)


def test_a_rejected_request_costs_nothing_and_its_point_is_not_asked_again(asking: Asking, tmp_path: Path) -> None:
    path, rejected = tmp_path / "h", set[str]()

    def one_in_two(session: Session) -> None:
        for number, waiting in enumerate(awaiting(session.history, session.state)):
            if waiting.pending is None:
                ruling = Ruling.REJECTED if number == 0 and len(rejected) < 3 else Ruling.APPROVED
                rejected.update([waiting.request.id] if ruling is Ruling.REJECTED else [])
                decide(path, _decision(waiting.request, ruling))

    _to_the_end(asking("slots = ['laboratory']"), path, one_in_two)
    state = _replayed(path)
    requests = state.requests.values()
    assert {each.id for each in requests if each.status is Status.REJECTED} == rejected
    assert len(rejected) == 3
    kept = [each for each in requests if each.id not in rejected]
    assert state.spent == pytest.approx(sum(each.cost for each in kept))
    assert sum(each.source is Source.EXPERIMENT for each in kept) == 5, "a rejected one is none of [stop] experiments"
    points = [each.x for each in requests if each.source is Source.EXPERIMENT]
    assert len(set(points)) == len(points)
    with History.open(path) as history:
        assert history.overview().spent == pytest.approx(state.spent)


def test_a_changed_request_is_rejected_and_asked_elsewhere(
    asking: Asking, tmp_path: Path, handed_out: list[Request]
) -> None:
    path = tmp_path / "h"
    with Session(asking("experiments = true"), path) as session:
        session.step()
        one = session.state.awaiting_approval[0]
        x = next(tuple(x) for x in session.state.candidates["laboratory"].tolist() if tuple(x) != one.x)
        x = x if x != session.state.awaiting_approval[1].x else tuple(session.state.candidates["laboratory"][-1])
        decide(path, _decision(one, Ruling.CHANGED, x=x))
        session.step()
        made = session.state.requests[f"{one.id}-changed"]
        assert (made.x, made.status, made.instead_of, made.approval) == (x, Status.SEALED, one.id, "")
        assert made.reason.text == f"asked for instead of {one.label}, changed by Anna: so be it"
        assert session.state.requests[one.id].status is Status.REJECTED
        assert handed_out[-1].x == x
    _replayed(path)


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        ("slots = ['cluster']", {"cluster": "every request to cluster is to be approved", "laboratory": ""}),
        ("experiments = true", {"cluster": "", "laboratory": "every experiment is to be approved"}),
        ("cost_above = 0.5", {"cluster": "", "laboratory": "it costs 1 "}),
        ("cost_above = 1.0", {"cluster": "", "laboratory": ""}),
        ("first_use = true", {"cluster": "nothing was asked of cluster before", "laboratory": "nothing was asked of"}),
        ("", {"cluster": "", "laboratory": ""}),
    ],
)
def test_which_requests_wait(asking: Asking, tmp_path: Path, lines: str, why: dict[str, str]) -> None:
    with Session(asking(lines), tmp_path / "h") as session:
        session.step()
        for request in session.state.requests.values():
            assert request.approval.startswith(why[request.adapter])
            assert bool(request.approval) == bool(why[request.adapter])
            assert (request.status is Status.AWAITING_APPROVAL) == bool(why[request.adapter])


def test_first_use_asks_once_a_slot(asking: Asking, tmp_path: Path) -> None:
    path = tmp_path / "h"
    _to_the_end(asking("first_use = true"), path, _everybody_agrees)
    state = _replayed(path)
    assert {each.cycle for each in state.requests.values() if each.approval} == {0}
    assert any(not each.approval for each in state.requests.values())


def test_what_cannot_be_decided_is_refused_at_once(asking: Asking, tmp_path: Path) -> None:
    path = tmp_path / "h"
    with Session(asking("experiments = true"), path) as session:
        session.step()
        one, other = session.state.awaiting_approval
        running = session.state.under_way[0]
        far, near = (2.0,), (one.x[0] + 1e-3,)
        for decision, words in [
            (Decision(request_id="x", ruling=Ruling.APPROVED, person="A"), f"no request 'x'; waiting for .*{one.id}"),
            (_decision(running), "does not wait for approval: it is approved already"),
            (_decision(one, Ruling.CHANGED), "changed without another point"),
            (_decision(one, x=one.x), "approved with another point"),
            (_decision(one, Ruling.CHANGED, x=far), "a = 2, expected 0 to 1"),
            (_decision(one, Ruling.CHANGED, x=(*far, 1.0)), "a point has 2 values"),
            (_decision(one, Ruling.CHANGED, x=near), "its pool has no such point"),
            (_decision(one, Ruling.CHANGED, x=one.x), "is the point asked for: approve it"),
            (_decision(one, Ruling.CHANGED, x=other.x), f"asked for already, by {other.id}"),
            (_decision(one, Ruling.REJECTED, reason=" "), "a rejection needs a reason"),
            (Decision(request_id=one.id, ruling=Ruling.APPROVED), "nobody is named"),
        ]:
            with pytest.raises(DataError, match=words):
                decide(path, decision)
        decide(path, _decision(one))
        with pytest.raises(DataError, match=f"{one.id} is decided already: approved by Anna: so be it, at "):
            decide(path, _decision(one, Ruling.REJECTED))
        session.step()
        with pytest.raises(DataError, match="it is approved already"):
            decide(path, _decision(one, Ruling.REJECTED))
        assert len(Decisions(path).since(0)) == 1


def test_limits_and_budget_bound_what_is_asked_for_instead(asking: Asking, tmp_path: Path) -> None:
    text = 'cost = "1 + a"'
    campaign = asking("experiments = true")
    changed = campaign.text.replace("slots = 2\ncost = 1\n", f"slots = 2\n{text}\n")
    changed = changed.replace("experiments = 5", "cost = 4.0") + "\n[limits]\na = [0.0, 0.6]\n"
    assert changed.count(text) == changed.count("[limits]") == 1
    campaign = Campaign.parse(changed, campaign.folder / "campaign.toml")
    with Session(campaign, tmp_path / "h") as session:
        session.step()
        one, other = session.state.awaiting_approval
        with pytest.raises(DataError, match=r"limits\.a: found 1, expected 0 to 0.6"):
            decide(tmp_path / "h", _decision(one, Ruling.CHANGED, x=(1.0,)))
        left = 4.0 - session.state.spent + one.cost
        points = [tuple(x) for x in session.state.candidates["laboratory"].tolist() if x[0] <= 0.6]
        for x in points:
            if x in {one.x, other.x}:
                continue
            if 1 + x[0] > left + 1e-9:
                with pytest.raises(DataError, match="are left to spend"):
                    decide(tmp_path / "h", _decision(one, Ruling.CHANGED, x=x))


def test_the_core_holds_decisions_against_the_campaign_again(asking: Asking, tmp_path: Path) -> None:
    """Files that got there past every check: kept, refused with the reason, and the request still waits."""
    path = tmp_path / "h"
    files = Decisions(path)
    with Session(asking("experiments = true"), path) as session:
        session.step()
        one, _ = session.state.awaiting_approval
        files.give(_decision(one, Ruling.CHANGED, x=(7.0,)), "t")
        files.give(Decision(request_id="nobody", ruling=Ruling.APPROVED, person="Eve"), "t")
        files.give(_decision(one), "t")
        files.give(_decision(one, Ruling.REJECTED), "t")
        record = session.step()
        assert record is not None
        first, second, third, fourth = record.decisions
        assert "expected 0 to 1" in first.refused
        assert "no request 'nobody'" in second.refused
        assert third.refused == ""
        assert "approved already" in fourth.refused
        assert session.state.requests[one.id].status is Status.SEALED
        assert session.state.decided == 4
    assert _replayed(path).decided == 4


@pytest.mark.parametrize("without", ["approve", "reject"])
def test_without_an_answer_time_decides_and_that_is_sealed(
    asking: Asking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, without: str
) -> None:
    path = tmp_path / "h"
    clock = ["2026-11-23T00:00:00.000+00:00"]
    monkeypatch.setattr("loop.session.now", lambda: clock[0])
    with Session(asking(f"experiments = true\ntimeout = '24h'\nwithout_answer = '{without}'"), path) as session:
        _until_idle(session)
        one, other = session.state.awaiting_approval
        for time in ("12:00:00", "23:59:59"):
            clock[0] = f"2026-11-23T{time}.000+00:00"
            assert session.step() is None
        clock[0] = "2026-11-24T00:00:00.000+00:00"
        decide(path, _decision(other, Ruling.REJECTED))
        record = session.step()
        assert record is not None
        assert session.state.requests[other.id].status is Status.REJECTED
        expected = Status.SEALED if without == "approve" else Status.REJECTED
        assert session.state.requests[one.id].status is expected
        lapse = record.decisions[1]
        done = {"approve": "approved", "reject": "rejected"}[without]
        assert str(lapse) == f"{done} by itself: nobody answered within 24h"
    monkeypatch.undo()
    _replayed(path)


@pytest.mark.parametrize("one_process", [True, False])
def test_a_weekend_in_which_nobody_could_be_asked_decides_nothing(
    asking: Asking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, one_process: bool
) -> None:
    """The machine was off, or its clock was set forward: who was asked on Friday has the rest of Monday."""
    campaign, path = asking("experiments = true\ntimeout = '24h'\nwithout_answer = 'approve'"), tmp_path / "h"
    clock = ["2026-11-20T17:00:00.000+00:00"]
    monkeypatch.setattr("loop.session.now", lambda: clock[0])
    session = Session(campaign, path)
    _until_idle(session)
    waiting = session.state.awaiting_approval
    for time in ("23T08:00", "23T12:00", "23T16:00", "23T19:59"):
        if not one_process:
            session.__exit__(None, None, None)
            session = Session(campaign, path)
        clock[0] = f"2026-11-{time}:00.000+00:00"
        assert session.step() is None, "12 hours of the weekend, and those since"
    with History.open(path) as history:
        ends = {each.ends(campaign.table.approval) for each in awaiting(history, fold(history.records()))}
    assert {each.isoformat() for each in ends if each} == {"2026-11-23T20:00:00+00:00"}, (
        "and that is what people are told"
    )
    clock[0] = "2026-11-23T20:00:00.000+00:00"
    assert session.step() is not None
    assert {session.state.requests[each.id].status for each in waiting} <= {Status.SEALED, Status.DONE}
    session.__exit__(None, None, None)
    monkeypatch.undo()
    _replayed(path)


def test_by_default_a_request_waits_for_ever(asking: Asking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Session(asking("experiments = true"), tmp_path / "h") as session:
        _until_idle(session)
        monkeypatch.setattr("loop.session.now", lambda: "2126-11-23T00:00:00.000+00:00")
        assert session.step() is None


def test_stopped_at_once_nobody_is_asked_any_more_and_nothing_was_spent(asking: Asking, tmp_path: Path) -> None:
    path = tmp_path / "h"
    with Session(asking("experiments = true"), path) as session:
        session.step()
        waiting = session.state.awaiting_approval
        Orders(path).give(Order(kind=Kind.STOP_NOW, person="Anna", time="2026-11-23T03:30:00.000+00:00"))
        assert session.step() is None
        assert {session.state.requests[each.id].status for each in waiting} == {Status.REJECTED}
    _replayed(path)


class Crash(BaseException):
    """What ends a process."""


def test_a_crash_at_any_boundary_changes_nothing(asking: Asking, tmp_path: Path) -> None:
    """Around every durable step: the decision's file, the seal, the hand-over."""
    import loop.control.numbered as numbered

    campaign = asking("experiments = true")
    undisturbed, path = _to_the_end(campaign, tmp_path / "plain", _mixed), tmp_path / "crashed"
    _replayed(tmp_path / "plain")
    with History.open(tmp_path / "plain") as history:
        assert {each.ruling for record in history.records() for each in record.decisions} == set(Ruling)
    crashes, digest = 0, ""
    boundaries = [(numbered, "write_durably"), (History, "append"), (Pool, "submit")]
    for at in range(1, 60):
        owner, method = boundaries[at % 3]
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(owner, method, _bomb(getattr(owner, method), 1 + at // 6, before=bool(at % 2)))
            try:
                digest = _to_the_end(campaign, path, _mixed)
            except Crash:
                crashes += 1
                continue
        break
    assert crashes >= 6
    assert digest == undisturbed
    _replayed(path)


def _bomb(function: Callable[..., Any], at: int, *, before: bool) -> Callable[..., Any]:
    left = [at]

    def wrapped(*args: Any, **options: Any) -> Any:
        left[0] -= 1
        if before and left[0] == 0:
            raise Crash
        found = function(*args, **options)
        if left[0] == 0:
            raise Crash
        return found

    return wrapped


def test_nothing_changed_the_counterfactual_measures_what_was_measured(asking: Asking, tmp_path: Path) -> None:
    path = tmp_path / "h"
    _to_the_end(asking("experiments = true"), path, _mixed)
    with History.open(path) as history:
        found = what_if(history, {})
    assert [each.x for each in found.counterfactual.measured] == [each.x for each in found.recorded.measured]


def test_a_damaged_decision_is_named(asking: Asking, tmp_path: Path) -> None:
    from loop.errors import HistoryError

    path = tmp_path / "h"
    with Session(asking("experiments = true"), path) as session:
        session.step()
        decide(path, _decision(session.state.awaiting_approval[0]))
        (path / "decisions/decision_000000.json").write_text('{"ruling": "perhaps"}')
        with pytest.raises(HistoryError, match=r"decision_000000\.json: found no decision"):
            session.step()
