"""Hard limits: read with care, held against every request, and loud."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.simulators.pool import Pool
from loop.approval.flaw import flaw
from loop.campaign import Campaign
from loop.control import Kind, Order, Orders
from loop.cycle import Cycle
from loop.errors import CampaignError, LimitError
from loop.history import History
from loop.limits import Limits
from loop.prediction import predicted_objective
from loop.records import Decision, Request, Ruling, Status
from loop.replay import replay
from loop.session import Session
from loop.space import Formula
from loop.state import fold

MakeCampaign = Callable[..., Path]
STOP = "[stop]"


def _campaign(make_campaign: MakeCampaign, limits: str) -> Campaign:
    return Campaign.load(make_campaign((STOP, f"[limits]\n{limits}\n\n{STOP}")))


@pytest.mark.parametrize(
    ("limits", "x", "cost", "said"),
    [
        ("a = [0, 0.9]", 0.95, 1, "limits.a: found 0.95, expected 0 to 0.9"),
        ("elements = { Co = 0.5 }", 0.6, 1, "limits.elements.Co: found a share of 0.6 of all atoms"),
        ("cost_per_request = 5", 0.5, 6, "limits.cost_per_request: found 6, expected at most 5"),
        ('expressions = ["2*a <= 0.8"]', 0.5, 1, "limits.expressions: found a = 0.5, expected 2[*]a <= 0.8"),
        ('expressions = ["a >= 0.1"]', 0.0, 1, "limits.expressions: found a = 0, expected a >= 0.1"),
        ('expressions = ["a = 0.5"]', 0.4, 1, "limits.expressions: .*expected a = 0.5"),
        ("a = [0, 0.9]", float("nan"), 1, "limits.a: found nan"),
        ("cost_per_request = 5", 0.5, float("nan"), "limits.cost_per_request: found nan"),
    ],
)  # fmt: skip
def test_a_violation_names_limit_value_and_request(
    make_campaign: MakeCampaign, limits: str, x: float, cost: float, said: str
) -> None:
    campaign = _campaign(make_campaign, limits)
    campaign.limits.check((0.4 if "a = 0.5" not in limits else 0.5,), 1, "request 1")
    with pytest.raises(LimitError, match=f"request 1 exceeds a hard limit and was stopped. {said}"):
        campaign.limits.check((x,), cost, "request 1")


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        ("b = [0, 1]", "limits.b: expected a, elements"),
        ("a = 0.5", r"limits.a = 0.5, expected \[lowest, highest\]"),
        ("a = [1, 0]", "limits.a = "),
        ("elements = { Ni = 0.1 }", "limits.elements.Ni: not in the formula, which has Co, Fe"),
        ("elements = { Co = 2 }", "limits.elements.Co = 2"),
        ("elements = 1", "limits.elements = 1"),
        ("cost_per_request = -1", "limits.cost_per_request = -1"),
        ("cost_per_request = nan", "limits.cost_per_request = nan"),
        ('expressions = "a <= 1"', "limits.expressions = 'a <= 1'"),
        ('expressions = ["a < 1"]', "limits.expressions: cannot read 'a < 1'"),
        ('expressions = ["b <= 1"]', "limits.expressions: 'b <= 1': .*uses b"),
        ('expressions = ["a*a <= 1"]', "limits.expressions: .*not linear"),
    ],
)
def test_a_limit_that_cannot_be_read_is_no_limit_ignored(make_campaign: MakeCampaign, limits: str, said: str) -> None:
    with pytest.raises(CampaignError, match=said):
        _campaign(make_campaign, limits)


@given(x=st.floats(0, 1), low=st.floats(0, 1), high=st.floats(0, 1))
def test_exactly_what_exceeds_is_stopped(x: float, low: float, high: float) -> None:
    limits = Limits(names=("a",), bounds={"a": (low, high)})
    if low - 1e-9 <= x <= high + 1e-9:
        limits.check((x,), 1, "it")
    else:
        with pytest.raises(LimitError):
            limits.check((x,), 1, "it")


def test_a_choice_beyond_a_limit_is_neither_sealed_nor_sent(
    make_campaign: MakeCampaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the filter of the candidates fails, the check does not."""
    campaign = _campaign(make_campaign, "a = [0, 0.5]")
    monkeypatch.setattr("loop.choosing.permitted", lambda _, state: state)
    with Session(campaign, tmp_path / "history") as session:
        with pytest.raises(LimitError, match=r"the request 000000-\w+-\d .*limits.a: found"):
            session.step()
        assert not session.state.requests
        assert session.step() is None, "paused until a person has looked"
        assert "[limits]" in session.order.remedy
    with History.open(tmp_path / "history") as history:
        assert history.next_number == 0


def test_a_record_beyond_a_limit_is_not_sealed_whoever_made_it(tiny: Campaign, tmp_path: Path) -> None:
    with Session(tiny, tmp_path / "history") as session:
        record = session.decide(session.collect())
        assert record is not None
        session.campaign.limits = Limits(names=("a",), bounds={"a": (2.0, 3.0)})
        with pytest.raises(LimitError):
            session.seal(record)
        assert session.history.next_number == 0
        session.campaign.limits = Limits()
        Orders(tmp_path / "history").give(Order(kind=Kind.RESUME))
        session.seal(replace(record))


def test_limits_that_were_tightened_end_what_they_allow_no_more_and_nothing_else(
    make_campaign: MakeCampaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, submitted, given_up = tmp_path / "history", list[str](), list[str]()
    submit, cancel = Pool.submit, Pool.cancel

    def noting(self: Pool, request: Request) -> None:
        submitted.append(request.id)
        submit(self, request)

    def giving_up(self: Pool, request_id: str) -> None:
        given_up.append(request_id)
        cancel(self, request_id)

    monkeypatch.setattr(Pool, "submit", noting)
    monkeypatch.setattr(Pool, "cancel", giving_up)
    with Session(_campaign(make_campaign, "a = [0, 1]"), path) as session:
        session.step()
        asked = session.state.under_way
    tight = _campaign(make_campaign, "a = [0, 0.5]")
    forbidden = {each.id for each in asked if each.x[0] > 0.5}
    assert forbidden
    assert len(forbidden) < len(asked)
    submitted.clear()
    with Session(tight, path) as session:
        assert session.order is not None
        assert "exceeds a hard limit" in session.order.reason
        assert submitted == []
    assert set(given_up) == forbidden
    Orders(path).give(Order(kind=Kind.RESUME))
    with Session(tight, path) as session:
        record = session.step()
    assert record is not None
    ended = {change.request_id: change for change in record.changes}
    assert {name for name, change in ended.items() if change.status is Status.FAILED} == forbidden
    assert all("limits.a: found" in ended[name].note for name in forbidden)
    assert {item.request_id for item in record.observations} == {each.id for each in asked} - forbidden
    assert forbidden.isdisjoint(submitted)
    with Session(tight, path) as session:
        while not session.is_over:
            assert session.step() is not None


def test_what_limits_allow_no_more_cannot_be_approved(make_campaign: MakeCampaign, tmp_path: Path) -> None:
    path, ask = tmp_path / "history", ("[policy]", '[approval]\nslots = ["cluster", "laboratory"]\n\n[policy]')
    with Session(Campaign.load(make_campaign(ask)), path) as session:
        session.step()
        waiting = session.state.awaiting_approval
    tight = Campaign.load(make_campaign(ask, ("[stop]", "[limits]\na = [0, 0.5]\n\n[stop]")))
    decisions = {each.x[0] > 0.5: Decision(request_id=each.id, ruling=Ruling.APPROVED) for each in waiting}
    found = {is_beyond: flaw(tight, session.state, decision) for is_beyond, decision in decisions.items()}
    assert found[False] == ""
    assert "limits.a: found" in found[True]


def test_limits_that_hold_change_nothing(
    make_campaign: MakeCampaign, undisturbed: str, finish: Callable[..., str]
) -> None:
    campaign = _campaign(make_campaign, "a = [0, 1]\ncost_per_request = 1")
    assert finish(campaign, campaign.folder / "history") == undisturbed


@given(
    X=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1), st.sampled_from([0.0, 1.0, 2.0])), min_size=1, max_size=8),
    table=st.fixed_dictionaries(
        {},
        optional={
            "a": st.sampled_from([[0, 0.5], [0.2, 0.2], [0.9, 1]]),
            "kind": st.sampled_from([["x"], ["x", "z"]]),
            "elements": st.sampled_from([{"Co": 0.3}, {"Co": 0.0, "Ni": 0.6}]),
            "cost_per_request": st.sampled_from([0.5, 2]),
            "expressions": st.lists(st.sampled_from(["a + b <= 0.8", "a >= 2*b", "a = b"]), max_size=2),
        },
    ),
)
def test_the_filter_lets_pass_exactly_what_the_check_does(X: list, table: dict) -> None:
    formula = Formula.parse("Fe{2-a-b}Co{a}Ni{b}", ("a", "b", "kind"))
    limits = Limits.parse(table, ("a", "b", "kind"), formula.amounts, X[0], {"kind": ("x", "y", "z")})
    expected = []
    for x in X:
        try:
            limits.check(x, 1.0, "it")
            expected.append(True)
        except LimitError:
            expected.append(False)
    assert limits.allowed(np.array(X), 1.0).tolist() == expected


LIMITS = "a = [0, 0.5]\nelements = { Fe = 0.9 }"


def test_a_campaign_goes_on_within_its_limits_to_the_end(
    make_campaign: MakeCampaign, finish: Callable[..., str]
) -> None:
    campaign = _campaign(make_campaign, LIMITS)
    finish(campaign, campaign.folder / "history")
    with History.open(campaign.folder / "history") as history:
        state = fold(history.records())
        assert all(not each.differences for each in replay(history))
    asked = [request.x[0] for request in state.requests.values()]
    assert asked
    assert all(0.1 <= a <= 0.5 for a in asked)
    assert state.stopped == "every candidate within [limits] has been measured"
    model = Cycle(campaign, state.candidates).model(state)[0]
    assert model is not None
    prediction = predicted_objective(campaign, state, model)
    assert prediction is not None
    assert ((prediction.X >= 0.1) & (prediction.X <= 0.5)).all()


def test_limits_that_leave_a_slot_nothing_are_told_at_once(make_campaign: MakeCampaign, tmp_path: Path) -> None:
    campaign = _campaign(make_campaign, "cost_per_request = 0.5")
    said = (
        r"\[limits\] allow none of the 8 candidates: .*'laboratory' .*cost_per_request: found 1, expected at most 0.5"
    )
    with pytest.raises(CampaignError, match=said):
        Session(campaign, tmp_path / "history")
    assert not (tmp_path / "history").exists()
