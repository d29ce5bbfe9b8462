"""The counterfactual: the record answers where it can, the model where it must, and one can tell which."""

from collections.abc import Callable
from pathlib import Path

import pytest

from loop.campaign import Campaign
from loop.errors import HistoryError
from loop.history import History
from loop.importing import import_results
from loop.records import CycleRecord, Provenance, Result, Source
from loop.refolding import retraction
from loop.session import Session
from loop.state import fold
from loop.whatif import WhatIf, what_if


@pytest.fixture(scope="module")
def random(finished: Path) -> WhatIf:
    with History.open(finished) as history:
        return what_if(history, {"rule": "random", "calculation": "random", "seed": "5"})


def test_nothing_changed_is_what_was(finished: Path) -> None:
    with History.open(finished) as history:
        found = what_if(history, {})
    assert found.counterfactual == found.recorded
    assert "the same measurements" in found.verdict
    assert "All values are recorded" in found.verdict


def test_it_runs_as_many_measurements(random: WhatIf, records: list[CycleRecord]) -> None:
    asked = sum(request.source is Source.EXPERIMENT for record in records for request in record.requests)
    assert len(random.counterfactual.measured) == asked == len(random.recorded.measured)


def test_recorded_values_are_given_where_there_are_some(random: WhatIf, records: list[CycleRecord]) -> None:
    recorded = {item.x: item.value for record in records for item in record.observations if item.target == "measured"}
    for value in random.counterfactual.measured:
        assert value.is_modelled == (value.x not in recorded)
        assert value.is_modelled or value.value == recorded[value.x]
    assert any(value.is_modelled for value in random.counterfactual.measured)
    assert not all(value.is_modelled for value in random.counterfactual.measured)


def test_modelled_values_are_counted(random: WhatIf) -> None:
    measured, others = random.counterfactual.modelled
    assert measured == sum(value.is_modelled for value in random.counterfactual.measured) > 0
    assert random.recorded.modelled == (0, 0)
    assert f"{measured} of {len(random.counterfactual.measured)} measured and {others} of" in random.verdict
    assert "posterior means" in random.verdict


def test_modelled_values_are_near_the_truth(random: WhatIf) -> None:
    for value in random.counterfactual.measured:
        [a] = value.x
        assert value.value == pytest.approx(2.1 + 0.9 * a - 1.4 * a**2, abs=0.15)


def test_it_is_the_same_every_time(finished: Path, random: WhatIf) -> None:
    with History.open(finished) as history:
        assert what_if(history, dict(random.changes)) == random


def test_the_history_is_not_touched(finished: Path, undisturbed: str) -> None:
    with History.open(finished) as history:
        what_if(history, {"m": "4"})
        assert history.digest() == undisturbed


def test_more_calculations_at_a_time(finished: Path) -> None:
    with History.open(finished) as history:
        found = what_if(history, {"m": "5"})
    assert max(step.calculations for step in found.counterfactual.steps) > 2


def test_the_best_so_far_never_falls(random: WhatIf) -> None:
    best = [step.best.value for step in random.counterfactual.steps if step.best]
    assert best == sorted(best)
    assert random.counterfactual.best is not None
    assert random.counterfactual.best.value == best[-1]


def test_the_limit_of_belief_judges_anew(finished: Path) -> None:
    with History.open(finished) as history:
        found = what_if(history, {"z_limit": "0.01"})
    assert sum(len(step.put_aside) for step in found.counterfactual.steps) > 0
    assert "put aside" in found.verdict


def test_what_was_put_aside_stays_so(make_campaign: Callable[..., Path], tmp_path: Path) -> None:
    strict = Campaign.load(make_campaign(("[stop]", "[admit]\nz_limit = 0.5\n[stop]")))
    with Session(strict, tmp_path / "h") as session:
        while not session.is_over:
            session.step()
    aside = [item for item in session.state.quarantine if item.target == "measured"]
    assert aside
    with History.open(tmp_path / "h") as history:
        same = what_if(history, {})
        believed = what_if(history, {"z_limit": "50"})
    assert [value.x for value in same.counterfactual.measured] == [value.x for value in same.recorded.measured]
    assert {value.x for value in believed.counterfactual.measured} >= {aside[0].x}


def test_a_retracted_value_is_not_given_again(finish: Callable, tiny: Campaign, tmp_path: Path) -> None:
    finish(tiny, tmp_path / "h")
    with History.open(tmp_path / "h", "a") as history:
        state = fold(history.records())
        taken = state.values_of("measured")[-1]
        history.append(retraction(tiny, state, taken.id, "the sample was another"))
    with History.open(tmp_path / "h") as history:
        found = what_if(history, {})
    [again] = [value for value in found.counterfactual.measured if value.x == taken.x]
    assert again.is_modelled


def test_a_history_that_was_migrated(make_campaign: Callable[..., Path], tmp_path: Path) -> None:
    with Session(Campaign.load(make_campaign()), tmp_path / "h") as session:
        for _ in range(3):
            session.step()
    wider = Campaign.load(make_campaign(("degree = 2", "degree = 3"), name="wider"))
    with Session(wider, tmp_path / "h", migrate=True) as session:
        while not session.is_over:
            session.step()
    with History.open(tmp_path / "h") as history:
        found = what_if(history, {})
    assert len(found.recorded.measured) == len(session.state.values_of("measured"))
    assert len(found.counterfactual.measured) == len(found.recorded.measured)


def test_values_that_nobody_asked_for_come_when_they_came(tiny: Campaign, tmp_path: Path) -> None:
    with Session(tiny, tmp_path / "h") as session:
        while not session.is_over:
            news = session.collect()
            if session.state.next_cycle == 2:
                source = Provenance(key="dropped", adapter="cluster")
                news.append(
                    Result(
                        request_id=None,
                        target="calculated",
                        x=(0.123,),
                        value=2.3,
                        unit="muB/f.u.",
                        uncertainty=None,
                        label="dropped",
                        provenance=source,
                    )
                )
            record = session.decide(news)
            assert record is not None
            session.seal(record)
            session.dispatch()
    with History.open(tmp_path / "h") as history:
        found = what_if(history, {})
    assert found.counterfactual == found.recorded
    assert found.recorded.steps[2].others == 3


def test_nothing_measured_yet(tiny: Campaign, tmp_path: Path) -> None:
    with Session(tiny, tmp_path / "h") as session:
        session.step()
    with History.open(tmp_path / "h") as history, pytest.raises(HistoryError, match="nothing was measured yet"):
        what_if(history, {"rule": "random"})


def test_imported_values_wait_until_they_are_asked_for(make_campaign: Callable[..., Path], tmp_path: Path) -> None:
    campaign = Campaign.load(make_campaign())
    results = [
        Result(
            request_id=None,
            target=target,
            x=(k / 5,),
            value=2.0 + k / 10 - (k / 5) ** 2 + (0.1 if target == "measured" else 0.0),
            unit="muB/f.u.",
            uncertainty=None,
            label=f"{k}",
            provenance=Provenance(key=f"{target}{k}", adapter="douka import"),
        )
        for target in ("calculated", "measured")
        for k in range(6)
    ]
    import_results(campaign, [results], tmp_path / "past", "a test")
    with History.open(tmp_path / "past") as history:
        found = what_if(history, {"rule": "random"})
    assert len(found.recorded.steps[0].measured) == 6
    assert not found.counterfactual.steps[0].measured
    assert len(found.counterfactual.measured) == 6
    points = {tuple(result.x) for result in results}
    assert any(value.x in points and not value.is_modelled for value in found.counterfactual.measured)
