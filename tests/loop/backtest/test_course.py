"""Regret of one campaign, against naive loops; and what campaigns of the tiny tables find."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.backtest import Course, Setting, backtest, baselines, course, parse_settings, worth_of
from loop.backtest.baselines import campaign_of
from loop.campaign import Campaign
from loop.errors import CampaignError

OURS = parse_settings("ucb+max_uncertainty")[0]
STEP = st.tuples(st.integers(0, 5), st.floats(0.1, 3.0))


def made_up(steps: list[tuple[int, float]]) -> Course:
    regret = np.minimum.accumulate([float(short) for short, _ in steps])
    first = int(np.argmax(regret == 0)) + 1 if (regret == 0).any() else len(steps)
    spent = np.cumsum([cost for _, cost in steps])
    return Course(0, tuple(regret[:first].tolist()), tuple(spent[:first].tolist()))


@given(st.lists(STEP, min_size=1, max_size=9), st.integers(1, 12), st.floats(0, 6))
def test_needed_and_cost_are_those_of_the_first_that_is_close_enough(
    steps: list[tuple[int, float]], measurements: int, accepted: float
) -> None:
    ours = made_up(steps)
    hit = [(k + 1, ours.spent[k]) for k in range(len(ours.regret)) if ours.regret[k] <= accepted]
    assert (ours.needed(accepted), ours.cost(accepted)) == (hit[0] if hit else (None, None))
    expected = [ours.regret[min(k, len(ours.regret) - 1)] for k in range(measurements)]
    assert ours.after(measurements).tolist() == expected


@given(st.lists(STEP, min_size=1, max_size=9), st.lists(st.floats(0, 40), min_size=1, max_size=5))
def test_regret_at_a_cost_is_that_of_the_last_measurement_paid(
    steps: list[tuple[int, float]], costs: list[float]
) -> None:
    ours = made_up(steps)
    for cost, regret in zip(costs, ours.at_cost(np.array(costs)), strict=True):
        paid = [short for short, spent in zip(ours.regret, ours.spent, strict=True) if spent <= cost]
        if not paid or (cost > ours.spent[-1] and not ours.found):
            assert np.isnan(regret)
        else:
            assert regret == paid[-1]


@pytest.mark.parametrize(("goal", "best"), [("maximize", max), ("minimize", min)])
def test_worth_is_the_distance_from_the_best(goal: str, best: Callable, make_campaign: Callable) -> None:
    campaign = Campaign.load(
        make_campaign(('target = "measured"\n\n[policy]', f'target = "measured"\ngoal = "{goal}"\n\n[policy]'))
    )
    # Of two laboratories the median is the mean: shifts 0.03 and −0.02.
    values = {k / 7: 2.105 + 0.9 * k / 7 - 1.4 * (k / 7) ** 2 for k in range(8)}
    top = best(values.values())
    worth = worth_of(campaign)
    found = {round(x, 4): short for (x,), short in worth.regret.items()}
    assert found == pytest.approx({round(x, 4): abs(top - value) for x, value in values.items()}, abs=1e-4)
    assert worth.scale == pytest.approx(top, abs=1e-4)
    close = {round(x, 4) for x, value in values.items() if abs(top - value) <= 0.05 * abs(top)}
    assert {round(x, 4) for (x,) in worth.within(0.05)} == close
    assert len(worth.best) == 1


SOUGHT = 'target = "measured"\n\n[policy]'


@pytest.mark.parametrize(
    ("more", "best", "points"),
    [
        ('goal = "hit"\nvalue = 2.0', 5 / 7, 8),
        ("goal = 'minimize'\nconstraints = [{ target = 'calculated', at_least = 2.0 }]", 6 / 7, 8),
        ('worth = "calculated - 2*measured"', 1.0, 2),
    ],
)
def test_worth_is_of_what_is_sought(more: str, best: float, points: int, make_campaign: Callable) -> None:
    """Calculations and measurements have only the ends in common: where sums are made, and the constraint is judged."""
    target, policy = SOUGHT.split("\n\n")
    worth = worth_of(Campaign.load(make_campaign((SOUGHT, f"{target}\n{more}\n\n{policy}"))))
    assert [x for (x,) in worth.best] == pytest.approx([best], abs=1e-4)
    assert len(worth.regret) == points
    if "constraints" in more:
        assert worth.regret[(1.0,)] == worth.worst


def test_a_course_is_what_was_measured_and_paid(tiny: Campaign) -> None:
    worth = worth_of(tiny)
    ours = course(tiny, OURS, 4, 6, worth)
    run = backtest(campaign_of(tiny, OURS, 6), 4, worth.best, shuffled=True)
    assert [each.spent for each in run.measured][:6] == list(ours.spent)
    # Two measurements and two calculations a cycle, as many as there are slots.
    assert ours.spent[:2] == pytest.approx((2.2, 2.2))
    assert list(ours.spent) == sorted(ours.spent)
    assert all(spent >= count for count, spent in enumerate(ours.spent, 1))
    best = np.minimum.accumulate([worth.regret[each.x] for each in run.measured if each.x])
    assert ours.regret == tuple(best[:6].tolist())
    assert (ours.regret[-1] == 0.0) == ours.found


def test_all_settings_start_alike_and_are_given_the_same(tiny: Campaign) -> None:
    settings = (OURS, *baselines(tiny, [OURS]))
    assert [each.name for each in settings[1:]] == ["at random", "experiments only", "calculations only"]
    for seed in range(2):
        runs = [backtest(campaign_of(tiny, each, 6), seed, shuffled=True) for each in settings]
        assert len({tuple(m.x for m in run.measured[:2]) for run in runs}) == 1
        assert {len(run.measured) for run in runs} == {6}
        assert [run.measured[-1].spent for run in runs[1:3]] == [6.0, 6.0]  # without calculations


def test_random_is_chance(tiny: Campaign) -> None:
    """Best at the k-th of n draws with probability 1/n."""
    random = Setting("at random", "random", None)
    campaign, worth = campaign_of(tiny, random, 8), worth_of(tiny)
    needed = [backtest(campaign, seed, worth.best, shuffled=True).needed for seed in range(16)]
    assert None not in needed
    assert np.mean([each for each in needed if each]) == pytest.approx(4.5, abs=4 * np.sqrt(63 / 12 / 16))


def test_calculations_only_asks_for_what_was_calculated_best(make_campaign: Callable) -> None:
    """Whatever is measured: the order does not change where all measured values do."""
    orders = []
    for sign in (1, -1):
        folder = make_campaign(("start = 4", "start = 12"), name=f"sign{sign}")
        table = folder / "measurements.csv"
        lines = table.read_text(encoding="utf-8").splitlines()
        rows = [line.split(",") for line in lines[1:]]
        text = [",".join([x, f"{sign * float(value)}", *rest]) for x, value, *rest in rows]
        table.write_text("\n".join([lines[0], *text, ""]), encoding="utf-8")
        campaign = Campaign.load(folder)
        setting = baselines(campaign, [OURS])[-1]
        run = backtest(campaign_of(campaign, setting, 8), 1, shuffled=True)
        orders.append([each.x for each in run.measured])
    assert orders[0] == orders[1]
    # All is calculated at the start: the rest follows the calculated values, two at a time.
    calculated = [2.2 + x[0] - 1.5 * x[0] ** 2 for x in orders[0][2:] if x]
    pairs = [calculated[0:2], calculated[2:4], calculated[4:6]]
    assert [sorted(pair) for pair in pairs] == [
        sorted(pair) for pair in zip(*[iter(sorted(calculated, reverse=True))] * 2, strict=True)
    ]


def test_what_would_act_on_the_world_is_refused(make_campaign: Callable) -> None:
    folder = make_campaign(
        ('adapter = "pool"', 'adapter = "folder"'),
        ('options = { table = "calculations.csv" }', 'options = { folder = "inbox" }'),
    )
    with pytest.raises(CampaignError, match=r"'cluster' \(folder\) is not retrospective"):
        backtest(Campaign.load(folder), 0)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("psychic", ["'psychic'", "source_rule", "ucb+max_uncertainty"]),
        ("default,probable_optimum", ["'probable_optimum'", "the same as 'default'"]),
        ("ucb+nothing", ["'ucb+nothing'", "nothing", "installed are"]),
        ("none+max_uncertainty", ["'none'"]),
        ("source_rule,greedy+max_uncertainty", ["'greedy+max_uncertainty'", "the same as 'source_rule'"]),
        ("source_rule,", ["''"]),
    ],
)
def test_rules_that_cannot_be_compared_are_named(text: str, named: list[str]) -> None:
    with pytest.raises(CampaignError) as caught:
        parse_settings(text)
    assert all(word in str(caught.value) for word in named), caught.value


def test_rules_are_read() -> None:
    found = parse_settings("source_rule, default,ucb + alternating,greedy+none,ucb")
    assert [each.choice for each in found] == [
        ("greedy", "max_uncertainty", True),
        ("probable_optimum", "toward_optimum", True),
        ("ucb", "alternating", True),
        ("greedy", None, True),
        ("ucb", "toward_optimum", True),
    ]


def test_a_baseline_is_not_repeated(tiny: Campaign) -> None:
    names = [each.name for each in baselines(tiny, parse_settings("ucb+max_uncertainty,ucb+none,random+none"))]
    assert names == ["calculations only"]
