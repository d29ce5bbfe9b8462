"""Any sequence of decisions: of each request the first that can hold holds, and the rest is kept with the reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.approval.ruling import Rulings, ruled
from loop.campaign import Campaign
from loop.records import Decision, Request, Ruling, Status
from loop.session import Session
from loop.state import State

World = tuple[Campaign, State]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, write_tiny: Callable[..., Path]) -> World:
    """Six requests wait for approval."""
    folder = tmp_path_factory.mktemp("ruling")
    edits = ("[stop]", "[approval]\ncost_above = 0\n\n[stop]"), ("slots = 2\nstart = 4", "slots = 4\nstart = 4")
    campaign = Campaign.load(write_tiny(folder / "tiny", *edits))
    with Session(campaign, folder / "h") as session:
        session.step()
        assert len(session.state.awaiting_approval) == 6
        return campaign, session.state


def _points(slot: str) -> st.SearchStrategy[tuple[float, ...]]:
    of = 11 if slot == "cluster" else 7
    return st.integers(-1, of + 1).map(lambda k: (round(k / of, 4),))


@st.composite
def _decisions(draw: st.DrawFn, state: State) -> list[Decision]:
    names = [*state.requests, "nobody"]
    found: list[Decision] = []
    for number in range(draw(st.integers(0, 10))):
        name = draw(st.sampled_from(names))
        ruling = draw(st.sampled_from(Ruling))
        x = draw(_points(state.requests[name].adapter)) if ruling is Ruling.CHANGED and name in state.requests else None
        found.append(Decision(request_id=name, ruling=ruling, person="Anna", reason="r", x=x, number=number))
    return found


def _may_lie(state: State, request: Request, x: tuple[float, ...]) -> bool:
    """Written anew: in the pool, and nobody asks for it."""
    open_there = [each for each in state.requests.values() if each.target == request.target and each.status.is_open]
    pool = [tuple(point) for point in state.candidates[request.adapter].tolist()]
    return x in pool and x not in [each.x for each in open_there]


@given(st.data())
def test_of_each_request_the_first_that_can_hold_holds(world: World, data: st.DataObject) -> None:
    campaign, state = world
    decisions = data.draw(_decisions(state))
    found = ruled(campaign, state, decisions)
    assert [each.number for each in found.decisions] == [each.number for each in decisions]
    held = [each for each in found.decisions if not each.refused]
    assert len({each.request_id for each in held}) == len(held), "no request is decided twice"
    for each in held:
        asked = state.requests[each.request_id]
        now = found.state.requests[asked.id]
        assert now.status is (Status.SEALED if each.ruling is Ruling.APPROVED else Status.REJECTED)
        assert (f"{asked.id}-changed" in found.state.requests) == (each.ruling is Ruling.CHANGED)
    for each in found.decisions:
        if each.refused:
            before = ruled(campaign, state, decisions[: each.number]).state
            asked_then = before.requests.get(each.request_id)
            is_open = asked_then is not None and asked_then.status is Status.AWAITING_APPROVAL
            fits = is_open and asked_then is not None and each.x is not None and _may_lie(before, asked_then, each.x)
            assert not (is_open and each.ruling is not Ruling.CHANGED)
            assert not fits
    undecided = set(state.requests) - {each.request_id for each in held}
    assert {each.id for each in found.state.awaiting_approval} == undecided
    rejected = [state.requests[each.request_id].cost for each in held if each.ruling is not Ruling.APPROVED]
    made = [request.cost for request in found.requests]
    assert found.state.spent == pytest.approx(state.spent - sum(rejected) + sum(made))
    open_points = [(each.target, each.x) for each in found.state.open_requests]
    assert len(set(open_points)) == len(open_points), "nothing is asked for twice at a time"


@given(st.data(), st.integers(0, 10))
def test_it_does_not_matter_over_how_many_cycles_decisions_come(world: World, data: st.DataObject, cut: int) -> None:
    campaign, state = world
    decisions = data.draw(_decisions(state))
    whole = ruled(campaign, state, decisions)
    first = ruled(campaign, state, decisions[:cut])
    second = ruled(campaign, first.state, decisions[cut:])
    assert _plain(whole) == (_plain(first)[0] + _plain(second)[0], _plain(second)[1])
    assert ruled(campaign, state, whole.decisions).decisions == whole.decisions, "done again, the same"


def _plain(found: Rulings) -> tuple[list[str], list[str]]:
    return [f"{each}{each.refused}" for each in found.decisions], [
        f"{each.id} {each.status}" for each in found.state.requests.values()
    ]
