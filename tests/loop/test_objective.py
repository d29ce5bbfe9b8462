"""What a campaign file says is sought: read, refused where it is none, and followed from the first cycle to the end."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from loop.campaign import Campaign
from loop.cycle import Cycle
from loop.errors import CampaignError
from loop.figures import draw_report
from loop.history import History
from loop.knowledge import knowledge
from loop.objective import best_merit, merits, objective_of
from loop.policy import FittedBelief
from loop.prediction import predicted_objective
from loop.records import Observation, Provenance, Source
from loop.session import Session
from loop.state import State, fold
from loop.stopping import Standing, reason_to_stop
from loop.whatif.course import course_of

MakeCampaign = Callable[..., Path]
Finish = Callable[..., str]

OBJECTIVE = '[objective]\ntarget = "measured"'
HIT = (OBJECTIVE, OBJECTIVE + '\ngoal = "hit"\nvalue = 2.2')
PRICED = (
    OBJECTIVE, '[prices]\nFe = 0.1\nCo = 30\n\n' + OBJECTIVE + '\nworth = "measured - 0.02*price_per_kg"\nunit = "a.u."'
)  # fmt: skip
BOTH = (OBJECTIVE, OBJECTIVE + '\nworth = "2*measured - calculated"')
COBALT = "constraints = [{ target = 'calculated', at_least = 2.3, probability = 0.8 }]"
CONSTRAINED = (OBJECTIVE, f"{OBJECTIVE}\n{COBALT}")

MISTAKES = {
    "hit without a value": ('goal = "hit"', r"'objective.value' is missing: goal = 'hit' needs"),
    "value without hit": ("value = 3", "objective.value = 3 belongs to goal = 'hit', found goal = 'maximize'"),
    "infinite value": ('goal = "hit"\nvalue = inf', "objective.value = inf"),
    "unit without worth": ('unit = "K"', "objective.unit = 'K' belongs to a worth"),
    "unknown name": ('worth = "measured*alpha"', "objective.worth: the expression.*uses alpha, expected .*measured"),
    "no prices": ('worth = "measured/price_per_kg"', "objective.worth: .*uses price_per_kg"),
    "not linear": ('worth = "measured**2"', "objective.worth: .*not linear in the targets"),
    "unreadable": ('worth = "measured +"', "objective.worth: cannot read"),
    "without the target": ('worth = "2*calculated"', "objective.worth = '2.calculated' does not depend on"),
    "constraint on nothing": ("constraints = [{ target = 'Tc', at_least = 1 }]", "constraints.0.target = 'Tc' is no"),
    "constraint without bounds": ("constraints = [{ target = 'calculated' }]", "expected one of them"),
    "crossed bounds": ("constraints = [{ target = 'measured', at_least = 2, at_most = 1 }]", "at_least below at_most"),
    "certainty": ("constraints = [{ target = 'measured', at_most = 1, probability = 1 }]", "probability = 1"),
    "unknown key": ("constraints = [{ target = 'measured', atleast = 2 }]", "unknown key 'objective.constraints.0.atl"),
}  # fmt: skip


@pytest.mark.parametrize(("more", "said"), MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named_with_its_key(make_campaign: MakeCampaign, more: str, said: str) -> None:
    with pytest.raises(CampaignError, match=said):
        Campaign.load(make_campaign((OBJECTIVE, f"{OBJECTIVE}\n{more}")))


@pytest.mark.parametrize(
    ("prices", "said"),
    [("Fe = 1", "prices.Co: expected one price"), ("Fe = 1\nCo = -2", "prices.Co = -2"), ("Xe = 1", "prices.Xe")],
)
def test_prices_are_of_the_elements(make_campaign: MakeCampaign, prices: str, said: str) -> None:
    with pytest.raises(CampaignError, match=said):
        Campaign.load(make_campaign((OBJECTIVE, f"[prices]\n{prices}\n\n{OBJECTIVE}")))


def _observation(place: int, target: str, x: float, value: float) -> Observation:
    return Observation(
        id=str(place), target=target, x=(x,), value=value, uncertainty=None, label=f"a = {x:g}", request_id=f"r{place}",
        requested_x=None, provenance=Provenance(key=str(place), adapter="laboratory"),
    )  # fmt: skip


SEEN = tuple(
    _observation(place, *rest)
    for place, rest in enumerate(
        [("measured", 0.5, 2.0), ("calculated", 0.2, 1.0), ("measured", 0.2, 2.5), ("calculated", 0.5, 3.0),
         ("measured", 0.9, 9.0), ("calculated", 0.2, 2.0)]
    )
)  # fmt: skip


def test_the_target_itself_is_worth_its_value(make_campaign: MakeCampaign) -> None:
    found = merits(Campaign.load(make_campaign()), SEEN)
    assert [(merit.worth, merit.place) for merit in found] == [(2.0, 0), (2.5, 2), (9.0, 4)]


def test_a_worth_is_known_once_every_target_is(make_campaign: MakeCampaign) -> None:
    """2·2.5 − (1 + 2)/2 where the calculation came first, 2·2 − 3 where it came last, nothing where there is none."""
    found = merits(Campaign.load(make_campaign(BOTH)), SEEN)
    assert [(merit.observation.id, merit.worth, merit.place) for merit in found] == [("2", 3.5, 2), ("0", 1.0, 3)]


def test_a_price_lowers_the_worth(make_campaign: MakeCampaign) -> None:
    campaign = Campaign.load(make_campaign(PRICED))
    found = merits(campaign, SEEN)
    iron, cobalt = 0.5 * 55.845, 0.5 * 58.933
    assert found[0].worth == pytest.approx(2.0 - 0.02 * (iron * 0.1 + cobalt * 30) / (iron + cobalt), rel=1e-4)
    assert campaign.unit == "a.u."


@pytest.mark.parametrize(
    ("edit", "best", "since", "measured", "distance"),
    [(HIT, "0", 2, 2.0, 0.2), (BOTH, "2", 1, 3.5, math.nan), (PRICED, "4", 0, None, math.nan)],
)  # fmt: skip
def test_stopping_rules_ask_for_the_same_best(
    make_campaign: MakeCampaign, edit: tuple[str, str], best: str, since: int, measured: float | None, distance: float
) -> None:
    campaign = Campaign.load(make_campaign(edit))
    leader = best_merit(campaign, merits(campaign, SEEN), None)
    assert leader is not None
    assert leader.observation.id == best
    standing = Standing(campaign, State(next_cycle=1, observations=SEEN))
    assert standing("no_improvement") == since
    assert standing("best_measured") == pytest.approx(measured if measured is not None else leader.worth)
    assert standing("distance") == pytest.approx(distance, nan_ok=True)


def test_a_value_that_is_hit_ends_the_campaign(make_campaign: MakeCampaign) -> None:
    campaign = Campaign.load(make_campaign(HIT, ("experiments = 5", 'rule = "distance <= 0.25 & ~cycles < 1"')))
    state = State(next_cycle=1, observations=SEEN)
    assert reason_to_stop(campaign, state).startswith("the best measured value is 0.2 away from what is to be hit")
    assert reason_to_stop(campaign, replace(state, observations=SEEN[4:])) == ""


EDITS = {"hit": HIT, "priced": PRICED, "both targets": BOTH, "constrained": CONSTRAINED}


@pytest.fixture(scope="module", params=EDITS.values(), ids=EDITS.keys())
def run(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, write_tiny: MakeCampaign) -> Path:
    """A campaign of each kind, run to its end."""
    folder = write_tiny(
        tmp_path_factory.mktemp("sought") / "tiny", request.param, ("experiments = 5", "experiments = 6")
    )
    with Session(Campaign.load(folder), folder / "history") as session:
        for _ in range(40):
            if session.is_over:
                return folder
            session.step()
    raise AssertionError(session.state.stopped)


def test_everything_tells_the_same_best(run: Path) -> None:
    campaign = Campaign.load(run)
    with History.open(run / "history") as history:
        records = list(history.records())
    state, objective = fold(records), objective_of(campaign)
    model, _ = Cycle(campaign, {}).model(state)
    assert model is not None
    known, course = knowledge(campaign, state), course_of(campaign, records)
    best = best_merit(campaign, merits(campaign, state.observations), model)
    assert best is not None
    assert known.best_measured == best.observation
    assert known.best_measured_worth == best.worth == records[-1].summary["best_measured_value"]
    assert course.best is not None
    assert (course.best.label, course.best.value) == (best.observation.label, best.worth)
    assert course.needed(course.best.value) is not None
    assert Standing(campaign, state, model)("best_measured") == best.worth
    if not objective.constraints:
        assert known.best_so_far()[-1] == best.worth
        assert best.worth == max(known.worths, key=lambda worth: float(objective.utility(np.array(worth))))
    assert 0.0 <= Standing(campaign, state, model)("probability_best_found") <= 1.0
    assert Standing(campaign, state, model)("expected_improvement") >= 0.0


def test_predictions_are_of_the_worth(run: Path) -> None:
    campaign = Campaign.load(run)
    with History.open(run / "history") as history:
        state = fold(history.records())
    model, _ = Cycle(campaign, {}).model(state)
    assert model is not None
    found = predicted_objective(campaign, state, model)
    assert found is not None
    means = {name: model.predict(found.X, target=name) for name in campaign.targets}
    assert found.mean == pytest.approx(objective_of(campaign).worth_of(found.X, means))
    row = found.best(objective_of(campaign))
    assert row in found.allowed
    assert knowledge(campaign, state).best_predicted.label == campaign.space.label(found.X[row].tolist())


def test_no_experiment_is_asked_that_hardly_satisfies_a_constraint(run: Path) -> None:
    campaign = Campaign.load(run)
    objective = objective_of(campaign)
    with History.open(run / "history") as history:
        records = list(history.records())
    state, cycle, judged = State(), Cycle(campaign, fold(records).candidates), 0
    for record in records:
        asked = [r for r in record.requests if r.source is Source.EXPERIMENT and r.reason.rule != "start"]
        state = state.after(record)
        for request in asked if objective.constraints else ():
            model, _ = cycle.model(state)
            assert model is not None
            (constraint,) = objective.constraints
            p = float(constraint.probability(FittedBelief(model), np.array([request.x]))[0])
            assert p >= constraint.confidence
            assert request.reason.feasible == pytest.approx(p, abs=0.2)
            judged += 1
        assert all(math.isnan(r.reason.worth) is (objective.worth is None) for r in asked)
    assert judged > 0 or not objective.constraints


@pytest.mark.parametrize("run", [HIT, CONSTRAINED], indirect=True, ids=["hit", "constrained"])
def test_the_report_draws_what_is_sought(run: Path, tmp_path: Path) -> None:
    campaign = Campaign.load(run)
    with History.open(run / "history") as history:
        state = fold(history.records())
    draw_report(knowledge(campaign, state), "tiny", tmp_path / "report.png")
    assert (tmp_path / "report.png").stat().st_size > 10_000
