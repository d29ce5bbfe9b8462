"""Where news of the tiny campaign turn up: in drop folders, by orders, by asking."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from flows.triggers.asking import ask
from flows.triggers.lookout import Lookout
from flows.triggers.places import lookouts_of
from loop.approval.decisions import Decisions
from loop.campaign import Campaign
from loop.control import Kind, Order, Orders
from loop.records import Decision, Ruling
from loop.session import Session

PEOPLE = (
    ('adapter = "archive"', 'adapter = "worksheet"'),
    ('options = { table = "measurements.csv" }', 'options = { folder = "drop", quiet_seconds = 0 }'),
)


@pytest.fixture
def served(make_campaign: Callable[..., Path]) -> Path:
    """A campaign whose laboratory is people, after one cycle."""
    folder = make_campaign(*PEOPLE)
    with Session(Campaign.load(folder), folder / "history") as session:
        session.step()
    return folder


def _seen(lookouts: list[Lookout]) -> set[str]:
    for lookout in lookouts:
        lookout.look()
    return set().union(*(lookout.ready for lookout in lookouts))


def _lookouts(folder: Path) -> list[Lookout]:
    return lookouts_of(Campaign.load(folder), folder / "history", pytest.fail)


def _fill(folder: Path, request: str) -> None:
    text = f"request,value,unit,measured by,measured on\n{request},2.1,muB/f.u.,Ada,2020-03-02\n"
    (folder / "drop" / f"{request}.csv").write_text(text, encoding="utf-8")


def test_a_filled_worksheet_is_news_until_it_is_taken_in(served: Path) -> None:
    lookouts = _lookouts(served)
    assert _seen(lookouts) == set()
    _fill(served, "000000-laboratory-0")
    (file,) = before = _seen(lookouts)
    assert file.startswith("laboratory: 000000-laboratory-0.csv (")
    with Session(Campaign.load(served), served / "history") as session:
        news = session.collect()
        assert len(news) == 3
        assert _seen(lookouts) - before == {"laboratory: answer 000000-laboratory-0"}
        record = session.decide(news)
        assert record is not None
        session.seal(record)
    assert _seen(lookouts) == before, "what a cycle took in leaves nothing that starts another one"


def test_resuming_and_asking_are_news_and_pausing_is_none(served: Path) -> None:
    lookouts = _lookouts(served)
    orders = Orders(served / "history")
    orders.give(Order(kind=Kind.PAUSE, person="Anna", time="noon"))
    assert _seen(lookouts) == set()
    orders.give(Order(kind=Kind.RESUME, person="Anna", time="one"))
    ask(served / "history", "Ben", "two")
    assert _seen(lookouts) == {"tiny: resumed by Anna at one", "tiny: asked for by Ben at two"}
    ask(served / "history", "Ben", "three")
    assert "tiny: asked for by Ben at three" in _seen(lookouts)


def test_a_decision_is_news(served: Path) -> None:
    decisions, lookouts = Decisions(served / "history"), _lookouts(served)
    for number in range(2):
        decisions.give(Decision(request_id="000000-laboratory-0", ruling=Ruling.APPROVED, person="Anna"), "noon")
        assert _seen(lookouts) == {f"tiny: decision {number}"}


def test_a_damaged_note_is_said_and_looked_past(served: Path) -> None:
    (served / "history" / "cycle-asked.json").write_text("{", encoding="utf-8")
    said: list[str] = []
    for lookout in lookouts_of(Campaign.load(served), served / "history", said.append):
        lookout.look()
    assert len(said) == 1
    assert "cycle-asked.json: found no note" in said[0]


def test_an_adapter_that_cannot_be_made_keeps_nothing_else_from_being_looked_at(served: Path) -> None:
    table = served / "calculations.csv"
    table.rename(served / "away.csv")
    said: list[str] = []
    lookouts = lookouts_of(Campaign.load(served), served / "history", said.append)
    ask(served / "history", "Ben", "noon")
    _fill(served, "000000-laboratory-0")
    for _ in range(2):
        names = {ready.partition(" (")[0] for ready in _seen(lookouts)}
        assert names == {"tiny: asked for by Ben at noon", "laboratory: 000000-laboratory-0.csv"}
    assert len(said) == 1, "said once, not at each look"
    assert "calculations.csv" in said[0]
    (served / "away.csv").rename(table)
    _seen(lookouts)
    assert said[1:] == ["cluster is looked at again"]
