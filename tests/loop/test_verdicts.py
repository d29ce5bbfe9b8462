"""Verdicts given while a process is at work: it seals them before its next cycle, once, and they replay."""

from collections.abc import Callable
from pathlib import Path

import pytest

from loop.campaign import Campaign
from loop.errors import DataError, HistoryError
from loop.history import History
from loop.judging import judge, outcome
from loop.replay import replay
from loop.session import Session
from loop.state import fold
from loop.verdicts import Given, Verdict, Verdicts


@pytest.fixture
def suspicious(make_campaign: Callable[..., Path]) -> Path:
    """A campaign whose history put a value a thousand times too large aside, and goes on."""
    folder = make_campaign()
    file = folder / "measurements.csv"
    right = file.read_text()
    with Session(Campaign.load(folder), folder / "history") as session:
        while len(session.state.values_of("measured")) < 3:
            session.step()
    head, *rows = right.splitlines()
    file.write_text("\n".join([head, *(row.replace(",", ",1", 1) for row in rows), ""]))
    with Session(Campaign.load(folder), folder / "history") as session:
        while not session.state.quarantine:
            assert session.step() is not None
    file.write_text(right)
    return folder


def given(item: str, verdict: Verdict = Verdict.ACCEPT) -> Given:
    return Given(verdict=verdict, item=item, reason="weighed again", person="Ada", time="2026-01-01T12:00:00")


def aside(folder: Path) -> str:
    with History.open(folder / "history") as history:
        return fold(history.records()).quarantine[0].id


def replays(folder: Path) -> bool:
    with History.open(folder / "history") as history:
        return not any(again.differences for again in replay(history))


def test_sealed_at_once_where_nobody_writes(suspicious: Path) -> None:
    item = aside(suspicious)
    record = judge(suspicious / "history", Verdict.REJECT, item, "a typing mistake", "Ada")
    assert record is not None
    assert record.facts["person"] == "Ada"
    assert "rejected; it is kept" in outcome(Verdict.REJECT, record)
    assert not list(Verdicts(suspicious / "history").pending())
    assert replays(suspicious)


@pytest.mark.parametrize("verdict", Verdict)
def test_sealed_by_the_process_at_work(suspicious: Path, verdict: Verdict) -> None:
    item = aside(suspicious)
    with Session(Campaign.load(suspicious), suspicious / "history") as session:
        before = session.state.next_cycle
        assert judge(suspicious / "history", verdict, item, "weighed again", "Ada") is None
        assert "before its next cycle" in outcome(verdict, None)
        session.collect()
        assert session.state.next_cycle == before + 1
        session.collect()
        assert session.state.next_cycle == before + 1, "once"
        believed = item in {one.id for one in session.state.observations}
        assert believed == (verdict is Verdict.ACCEPT)
        while not session.is_over:
            session.step()
        record = session.history.read(before)
    assert (record.facts["person"], record.summary["reason"]) == ("Ada", "weighed again")
    assert replays(suspicious)


def test_what_cannot_hold_is_refused_at_once(suspicious: Path) -> None:
    with Session(Campaign.load(suspicious), suspicious / "history"):
        with pytest.raises(DataError, match="an id that begins with 'nobody'"):
            judge(suspicious / "history", Verdict.ACCEPT, "nobody", "because", "Ada")
        with pytest.raises(DataError, match="reason"):
            judge(suspicious / "history", Verdict.ACCEPT, aside(suspicious), " ", "Ada")
    assert not list(Verdicts(suspicious / "history").pending())


def test_what_holds_no_longer_is_put_down(suspicious: Path) -> None:
    """Two people decide, or a process is killed between sealing a verdict and noting that."""
    item, waiting = aside(suspicious), Verdicts(suspicious / "history")
    waiting.give(given(item))
    waiting.give(given(item))
    with Session(Campaign.load(suspicious), suspicious / "history") as session:
        before = session.state.next_cycle
        session.collect()
        assert session.state.next_cycle == before + 1
    assert not list(waiting.pending())


def test_a_file_that_is_no_verdict_is_named(suspicious: Path) -> None:
    waiting = Verdicts(suspicious / "history")
    number = waiting.give(given("x"))
    file = suspicious / "history" / "verdicts" / f"verdict_{number:06d}.json"
    file.write_text("{}")
    with pytest.raises(HistoryError, match=file.name):
        list(waiting.pending())
