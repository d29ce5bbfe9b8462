"""Past values become a history that goes on."""

from collections.abc import Callable
from pathlib import Path

import pytest

from loop.admission import as_news
from loop.campaign import Campaign
from loop.errors import DoukaError, HistoryError
from loop.history import History, compare
from loop.importing import IMPORTER, Imported, import_results, imported
from loop.records import Provenance, Result, Source
from loop.replay import replay
from loop.session import Session
from loop.state import CANDIDATES, State

N_CALCULATED, N_MEASURED = 8, 4


def past(target: str, a: float, value: float) -> Result:
    return Result(
        request_id=None,
        target=target,
        x=(a,),
        value=value,
        unit="muB/f.u.",
        uncertainty=None,
        label=f"a = {a}",
        provenance=Provenance(key=f"{target} {a} {value}", adapter=IMPORTER, file="past.csv", locator="line 2"),
    )


def batches() -> list[list[Result]]:
    calculated = [past("calculated", round(k / 7, 4), 2.2 + k / 7 - 1.5 * (k / 7) ** 2) for k in range(N_CALCULATED)]
    # Laboratories scatter; without that the model would be too sure of itself to believe anything later.
    measured = [
        past("measured", round(k / 7, 4), 2.1 + 0.9 * k / 7 - 1.4 * (k / 7) ** 2 + (-0.03, 0.04)[k % 2])
        for k in range(N_MEASURED)
    ]
    return [calculated, measured[:2], measured[2:]]


@pytest.fixture
def campaign(make_campaign: Callable[..., Path]) -> Campaign:
    """Whose start the imported values replace."""
    return Campaign.load(make_campaign(("start = 4", "start = 0"), ("start = 2", "start = 0")))


@pytest.fixture
def done(campaign: Campaign, tmp_path: Path) -> Imported:
    return import_results(campaign, batches(), tmp_path / "past", "a test", {"import": "past.toml"})


def test_all_is_there_and_nothing_was_asked(done: Imported) -> None:
    with History.open(done.path) as history:
        records = list(history.records())
        assert history.verify().ok
        assert history.digest() == done.digest
    assert [len(record.observations) for record in records] == [N_CALCULATED, 2, 2]
    assert not any(record.requests or record.changes for record in records)
    assert all(record.facts["import"] == "past.toml" for record in records)
    assert done.state.values_of("measured")[0].provenance.locator == "line 2"


def test_every_cycle_comes_out_again_bit_by_bit(campaign: Campaign, done: Imported) -> None:
    state = State()
    with History.open(done.path) as history:
        for record in history.records():
            points = {k.removeprefix(CANDIDATES): v for k, v in record.arrays.items() if k.startswith(CANDIDATES)}
            news = as_news(record.observations, record.quarantined, campaign)
            again = imported(campaign, state, news, points, str(record.summary["reason"]))
            assert compare(record, again) == []
            state = state.after(record)


def test_a_session_goes_on_with_it(campaign: Campaign, done: Imported) -> None:
    with Session(campaign, done.path) as session:
        assert session.state.next_cycle == len(batches())
        record = session.step()
        assert record is not None
        known = {(result.target, result.x) for batch in batches() for result in batch}
        assert record.requests
        assert not any((request.target, request.x) in known for request in record.requests)
        assert all(request.reason.rule != "start" for request in record.requests)
        while not session.is_over:
            session.step()
        # The pool has eight points, four of which were measured before.
        assert session.state.count(Source.EXPERIMENT) == 4
        assert len(session.state.values_of("measured")) == N_MEASURED + 4


def test_an_implausible_value_is_put_aside(campaign: Campaign, tmp_path: Path) -> None:
    wild = past("measured", 0.9, 90.0)
    done = import_results(campaign, [*batches(), [wild]], tmp_path / "past", "a test")
    [aside] = done.put_aside
    assert aside.value == 90.0
    assert aside.z_score is not None
    assert len(done.state.values_of("measured")) == N_MEASURED


def test_a_value_outside_the_space_is_put_aside(campaign: Campaign, tmp_path: Path) -> None:
    done = import_results(campaign, [[past("measured", 1.5, 2.0)]], tmp_path / "past", "a test")
    assert "expected 0 to 1" in done.put_aside[0].reason


def test_a_place_that_is_taken(campaign: Campaign, done: Imported) -> None:
    with pytest.raises(HistoryError, match="is there already"):
        import_results(campaign, batches(), done.path, "a test")
    with History.open(done.path) as history:
        assert history.digest() == done.digest


def test_nothing_is_left_where_it_fails(make_campaign: Callable[..., Path], tmp_path: Path) -> None:
    campaign = Campaign.load(make_campaign(("calculations.csv", "none.csv")))
    with pytest.raises(DoukaError, match=r"none\.csv"):
        import_results(campaign, batches(), tmp_path / "past", "a test")
    assert [path.name for path in tmp_path.iterdir()] == ["tiny"]


def test_what_a_killed_import_left_is_replaced(campaign: Campaign, tmp_path: Path) -> None:
    (tmp_path / ".past.importing").mkdir()
    (tmp_path / ".past.importing/half").write_text("x")
    done = import_results(campaign, batches(), tmp_path / "past", "a test")
    assert not (done.path / "half").exists()
    assert not (tmp_path / ".past.importing").exists()


def test_it_is_replayed_with_what_came_after(campaign: Campaign, done: Imported) -> None:
    with Session(campaign, done.path) as session:
        session.step()
        session.step()
    with History.open(done.path) as history:
        assert [difference for again in replay(history) for difference in again.differences] == []


def test_imported_values_are_the_start(make_campaign: Callable[..., Path], tmp_path: Path) -> None:
    campaign = Campaign.load(make_campaign())
    import_results(campaign, batches(), tmp_path / "past", "a test")
    with Session(campaign, tmp_path / "past") as session:
        record = session.step()
    assert record is not None
    assert {request.reason.rule for request in record.requests} == {"ucb", "max_uncertainty"}
