"""Composed stopping rules: read as written, judged as logic has it, and said in words."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.campaign import Campaign
from loop.cycle import Cycle
from loop.errors import CampaignError
from loop.history import History
from loop.session import Session
from loop.state import State, fold
from loop.stop_rule import QUANTITIES, Compare, StopRule, parse_rule
from loop.stopping import Standing, reason_to_stop

MakeCampaign = Callable[..., Path]
Finish = Callable[..., str]


class _Facts:
    def __init__(self, known: Mapping[str, float]) -> None:
        self._known = known

    def __call__(self, quantity: str) -> float:
        return self._known.get(quantity, math.nan)


def _holds(rule: StopRule, **known: float) -> bool | None:
    return rule(_Facts(known)).holds


@pytest.mark.parametrize(
    ("text", "known", "holds"),
    [
        ("experiments >= 20", {"experiments": 20}, True),
        ("experiments > 20", {"experiments": 20}, False),
        ("(experiments >= 20 | cost >= 30) & no_improvement >= 5", {"cost": 30, "no_improvement": 5}, True),
        ("experiments >= 20 | cost >= 30 & no_improvement >= 5", {"experiments": 20}, True),
        ("(experiments >= 20 | cost >= 30) & no_improvement >= 5", {"experiments": 9, "cost": 29}, False),
        ("~cost >= 30 & cycles > 1", {"cost": 3, "cycles": 2}, True),
        ("~probability_best_found >= 0.9", {}, None),
        ("best_measured <= -1.5", {"best_measured": -2}, True),
        ("not (cost < 1 or cycles < 1)", {"cost": 1, "cycles": 1}, True),
    ],
)
def test_a_rule_is_read_as_written(text: str, known: dict[str, float], holds: bool | None) -> None:
    assert _holds(parse_rule(text), **known) is holds


VALUES = st.sampled_from([0.0, 1.0, math.nan])


@given(a=VALUES, b=VALUES)
def test_rules_compose_as_logic_has_it(a: float, b: float) -> None:
    first, second = Compare("cost", ">=", 1), Compare("cycles", ">=", 1)
    both, either = _holds(first & second, cost=a, cycles=b), _holds(first | second, cost=a, cycles=b)
    assert both is (False if 0 in (a, b) else True if a == b == 1 else None)
    assert either is (True if 1 in (a, b) else False if a == b == 0 else None)
    assert _holds(~(first & second), cost=a, cycles=b) is _holds(~first | ~second, cost=a, cycles=b)
    assert _holds(~first, cost=a) is (None if math.isnan(a) else a == 0)


@pytest.mark.parametrize(
    "text",
    [
        "", "experiments", "experiments == 3", "20 <= experiments", "1 < cost < 2", "cost >= a", "cost >= '3'",
        "price > 1", "cost >= True", "cost >= 1e999", "__import__('os').system('x') >= 1", "cost >= 1 +", "cost(3)",
        "cost >= 1 ^ cycles > 1",
    ],
)  # fmt: skip
def test_what_is_no_rule_is_quoted(make_campaign: MakeCampaign, text: str) -> None:
    with pytest.raises(CampaignError) as caught:
        parse_rule(text)
    assert repr(text) in str(caught.value)
    if '"' not in text:
        with pytest.raises(CampaignError, match=r"campaign.toml: stop.rule"):
            Campaign.load(make_campaign(("experiments = 5", f'rule = "{text}"')))


@given(text=st.text("costyle >=<&|~()123.", max_size=15))
def test_any_text_is_a_rule_or_a_mistake(text: str) -> None:
    try:
        rule = parse_rule(text)
    except CampaignError:
        return
    rule(_Facts({}))


def test_the_reason_is_said_in_words() -> None:
    rule = parse_rule("(experiments >= 20 | cost >= 30) & no_improvement >= 5")
    verdict = rule(_Facts({"experiments": 3, "cost": 31, "no_improvement": 6}))
    assert verdict.words == "31 is spent (>= 30) and the last 6 measurements brought nothing better (>= 5)"


@pytest.fixture
def known(finished: Path, tiny: Campaign) -> tuple[Campaign, State, Standing]:
    with History.open(finished) as history:
        state = fold(history.records())
    model, problem = Cycle(tiny, {}).model(state)
    assert model is not None, problem
    return tiny, state, Standing(tiny, state, model)


def test_every_quantity_is_known_of_a_campaign_with_a_model(known: tuple[Campaign, State, Standing]) -> None:
    campaign, state, standing = known
    found = {name: standing(name) for name in QUANTITIES}
    assert found["experiments"] == 5
    assert found["cost"] == state.spent
    assert found["best_measured"] == max(item.value for item in state.values_of("measured"))
    assert 0 <= found["probability_best_found"] <= 1
    assert found["expected_improvement"] >= 0
    assert found["improvement_per_cost"] == found["expected_improvement"]
    assert {name: standing(name) for name in QUANTITIES} == found
    unmodelled = Standing(campaign, state)
    assert math.isnan(unmodelled("probability_best_found"))


def test_a_campaign_stops_by_its_rule(make_campaign: MakeCampaign, finish: Finish) -> None:
    rule = "experiments >= 6 & improvement_per_cost < 10"
    campaign = Campaign.load(make_campaign(("experiments = 5", f'rule = "{rule}"')))
    finish(campaign, campaign.folder / "history")
    with Session(campaign, campaign.folder / "history") as session:
        assert session.state.stopped.startswith(
            "6 measurements were asked for (>= 6) and the next experiment is expected"
        )
        assert reason_to_stop(campaign, session.state) == ""
