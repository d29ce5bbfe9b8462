"""Steps, constraints and reach in a campaign file: read, refused with the key, and kept by every request."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from loop.campaign import Campaign
from loop.cycle import Cycle
from loop.errors import CampaignError
from loop.protocols import Simulator
from loop.slots import adapters_of, candidates_of, plugins_of
from loop.space import Formula, Linear, Space, Variable, scattered
from loop.state import State

MakeCampaign = Callable[..., Path]
A = "a = { bounds = [0, 1] }"
FORMULA = 'formula = "Fe{1-a}Co{a}"'
COST = "cost = 0.1\n"


def _loaded(make_campaign: MakeCampaign, *edits: tuple[str, str]) -> Campaign:
    return Campaign.load(make_campaign(*edits))


@pytest.mark.parametrize(("step", "count"), [("0.05", 21), ('"1/14"', 15), ('"0.25"', 5), ("1", 2)])
def test_steps_are_numbers_or_fractions(make_campaign: MakeCampaign, step: str, count: int) -> None:
    campaign = _loaded(make_campaign, (A, f"a = {{ bounds = [0, 1], step = {step} }}"))
    assert campaign.space.variables[0].count == count


def test_integers_have_steps_of_one(make_campaign: MakeCampaign) -> None:
    campaign = _loaded(make_campaign, (A, 'a = { bounds = [0, 1] }\nk = { bounds = [2, 5], kind = "integer" }'))
    assert campaign.space.variables[1].levels().tolist() == [2, 3, 4, 5]


@pytest.mark.parametrize(
    ("edit", "said"),
    [
        ((A, "a = { bounds = [0, 1], step = 0 }"), "space.variables.a.step = 0.0, expected a positive number"),
        ((A, 'a = { bounds = [0, 1], step = "1/0" }'), "space.variables.a.step = '1/0', expected"),
        ((A, "a = { bounds = [0, 1], step = 2 }"), "variable 'a': step is 2.0, expected"),
        ((A, 'a = { bounds = [0, 0.5], kind = "integer" }'), "space.variables.a: 0.5 in an integer variable"),
        ((A, 'a = { bounds = [0, 1], kind = "color" }'), "space.variables.a.kind = 'color'"),
        ((FORMULA, f'{FORMULA}\nconstraints = ["a < 0.5"]'), "space.constraints.0: cannot read 'a < 0.5'"),
        ((FORMULA, f'{FORMULA}\nconstraints = ["a <= 1", "q <= 0.5"]'), "space.constraints.1: .*uses q"),
        ((FORMULA, f"{FORMULA}\nforbidden = [[]]"), r"space.forbidden.0 = \[\]"),
        ((FORMULA, f'{FORMULA}\nforbidden = [["b >= 0"]]'), "space.forbidden.0: .*uses b"),
        ((FORMULA, f'{FORMULA}\ncardinality = [{{ of = ["a", "b"], at_most = 1 }}]'), "space.cardinality.0: .*'b'"),
        ((COST, f"{COST}reach = {{ b = {{ step = 0.1 }} }}\n"), "cluster.reach.b: no such variable; there are a"),
        ((COST, f"{COST}reach = {{ a = {{ bounds = [0, 2] }} }}\n"), r"cluster.reach.a.bounds = \[0, 2\], expected"),
        ((COST, f"{COST}candidates = 0\n"), "simulators.0.candidates = 0"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_by_key_and_text(make_campaign: MakeCampaign, edit: tuple[str, str], said: str) -> None:
    with pytest.raises(CampaignError, match=said):
        _loaded(make_campaign, edit)


def test_the_reach_of_a_stepped_variable_keeps_to_its_steps(make_campaign: MakeCampaign) -> None:
    stepped = (A, "a = { bounds = [0, 1], step = 0.1 }")
    campaign = _loaded(make_campaign, stepped, (COST, f"{COST}reach = {{ a = {{ bounds = [0.25, 0.7] }} }}\n"))
    assert campaign.reach("cluster").variables[0].levels().tolist() == [0.3, 0.4, 0.5, 0.6, 0.7]
    assert campaign.reach("laboratory") == campaign.space
    with pytest.raises(CampaignError, match=r"reach.a.step = 0.15, expected a multiple of the variable's step 0.1"):
        _loaded(make_campaign, stepped, (COST, f"{COST}reach = {{ a = {{ step = 0.15 }} }}\n"))


def _adapters(campaign: Campaign, tmp_path: Path) -> dict[str, Simulator]:
    return adapters_of(campaign, plugins_of(campaign), tmp_path / "history")


def test_a_pool_is_asked_only_within_reach(make_campaign: MakeCampaign, tmp_path: Path) -> None:
    campaign = _loaded(
        make_campaign,
        (COST, f"{COST}reach = {{ a = {{ bounds = [0, 0.5] }} }}\n"),
        (FORMULA, f'{FORMULA}\nforbidden = [["a >= 0.2", "a <= 0.4"]]'),
    )
    candidates = candidates_of(campaign, _adapters(campaign, tmp_path))
    assert candidates["cluster"].max() <= 0.5
    assert candidates["laboratory"].max() == 1
    assert not any(((X > 0.2) & (X < 0.4)).any() for X in candidates.values())
    record = Cycle(campaign, candidates)(State(), ())
    assert record.requests
    for request in record.requests:
        campaign.reach(request.adapter).check(request.x)


def test_a_pool_out_of_reach_is_a_mistake(make_campaign: MakeCampaign, tmp_path: Path) -> None:
    campaign = _loaded(make_campaign, (COST, f"{COST}reach = {{ a = {{ bounds = [0.01, 0.05] }} }}\n"))
    with pytest.raises(CampaignError, match="none of the 12 points of slot 'cluster' lies"):
        candidates_of(campaign, _adapters(campaign, tmp_path))


def test_values_off_the_steps_are_still_learned_from(make_campaign: MakeCampaign, finish: Callable[..., str]) -> None:
    folder = make_campaign((COST, f'{COST}reach = {{ a = {{ step = "1/11" }} }}\n'))
    pool = folder / "calculations.csv"
    pool.write_text("a,value,unit\n" + "".join(f"{k / 11!r},{2 + k / 11},muB/f.u.\n" for k in range(12)))
    assert finish(Campaign.load(folder), folder / "history")


def test_candidates_of_a_plain_space_are_those_of_the_first_release() -> None:
    space = Space((Variable("a", 0, 1), Variable("b", 0, 1)), Formula.parse("Fe{1-a-b}Co{a}Ni{b}", ("a", "b")))
    points = scattered(space, 512, np.random.default_rng(0))
    assert points.shape == (515, 2)
    assert points.sum() == pytest.approx(342.735984, abs=1e-9)
    assert Linear.parse("a + b <= 1", ("a", "b")).holds(points).all()
