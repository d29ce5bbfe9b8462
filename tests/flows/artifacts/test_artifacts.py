"""What Prefect's pages show of a cycle: words, rows, shares and a picture; no server is needed for these."""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from flows.artifacts.budget import budget
from flows.artifacts.keys import artifact_key
from flows.artifacts.links import links
from flows.artifacts.picture import FILE, draw, to_be_drawn
from flows.artifacts.report import cycle_report
from flows.artifacts.requests import SHOWN, request_rows
from flows.default_history import default_history
from loop.campaign import Campaign
from loop.quantity import plus_minus
from loop.records import CycleRecord, Provenance, Quarantined, Request
from loop.session import Session
from loop.state import State

MakeCampaign = Callable[..., Path]


@pytest.fixture(scope="module")
def begun(write_tiny: MakeCampaign, tmp_path_factory: pytest.TempPathFactory) -> tuple[Session, CycleRecord]:
    """The tiny campaign after three cycles, its session closed, and the record of the third."""
    folder = tmp_path_factory.mktemp("artifacts") / "tiny"
    campaign = Campaign.load(write_tiny(folder, ("experiments = 5", "experiments = 5\ncost = 40")))
    with Session(campaign, folder / "history") as session:
        session.step()
        session.step()
        record = session.step()
    assert record is not None
    return session, record


def test_the_rule_that_is_used_most_is_the_budget(begun: tuple[Session, CycleRecord]) -> None:
    session, _ = begun
    share, words = budget(session.campaign, session.state)
    asked = sum(each.adapter == "laboratory" for each in session.state.requests.values())
    assert share == pytest.approx(100 * max(asked / 5, session.state.spent / 40))
    assert words == f"{asked} of 5 measurements, {session.state.spent:g} of 40 request"
    stopped = replace(session.state, stopped="all is found")
    assert budget(session.campaign, stopped) == (100.0, "stopped: all is found")


def _predicted(request: Request) -> str:
    known = request.reason.deviation > 0
    return f"{plus_minus(request.reason.mean, request.reason.deviation)} μB/f.u." if known else ""


def test_open_requests_are_listed_with_their_reasons(begun: tuple[Session, CycleRecord]) -> None:
    session, record = begun
    rows = request_rows(session.campaign, session.state)
    assert [row["request"] for row in rows] == [each.id for each in session.state.open_requests][::-1]
    assert {row["why"] for row in rows} == {each.reason.text for each in record.requests}
    assert [row["predicted"] for row in rows] == [_predicted(each) for each in session.state.open_requests][::-1]
    assert request_rows(session.campaign, State()) == [{"request": "nothing is open"}]
    request = record.requests[0]
    many = {f"{k}": replace(request, id=f"{k}") for k in range(SHOWN + 7)}
    rows = request_rows(session.campaign, State(requests=many))
    assert rows[0]["request"] == f"{SHOWN + 6}"
    assert (len(rows), rows[-1]) == (SHOWN + 1, {"request": "and 7 more"})


def test_the_report_of_a_cycle_says_how_it_stands_and_what_was_put_aside(begun: tuple[Session, CycleRecord]) -> None:
    session, record = begun
    odd = Quarantined(
        id="q", target="measured", x=(0.5,), value=9.0, unit="muB/f.u.", label="Fe|Co*", reason="too large",
        z_score=9.0, remedy="Look.", request_id=None, provenance=Provenance(key="q", adapter="a"),
    )  # fmt: skip
    text = cycle_report(session.campaign, session.state, replace(record, quarantined=(odd,)), None)
    assert text.startswith("# tiny, cycle 0002")
    assert f"| best measured | {record.summary['best_measured']}" in text
    assert f"| waiting for | {len(session.state.open_requests)} answers |" in text
    assert "- Fe\\|Co\\* (9 μB/f.u.): too large. Look." in text, "signs of Markdown are escaped"
    assert "data:image" not in text
    assert "The campaign is over" not in text


def test_a_picture_is_drawn_now_and_then_and_can_be_switched_off(
    begun: tuple[Session, CycleRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    session, record = begun
    campaign, place = session.campaign, session.history.path
    assert to_be_drawn(session)
    known = session.knowledge()
    drawn = draw(campaign, place, known)
    assert drawn is not None
    assert drawn.is_new
    png = base64.b64decode(drawn.source.removeprefix("data:image/png;base64,"))
    assert png.startswith(b"\x89PNG")
    assert 5_000 < len(png) < 60_000, "one a cycle is kept in Prefect's database"
    assert not to_be_drawn(session), "one was drawn a moment ago"
    old = draw(campaign, place, None)
    assert old is not None
    assert (old.source, old.is_new) == (drawn.source, False)
    assert "drawn a few cycles ago" in cycle_report(campaign, session.state, record, old)
    os.utime(place / FILE, (0, 0))
    assert to_be_drawn(session)
    table = campaign.table.model_copy(update={"prefect": campaign.table.prefect.model_copy(update={"figures": False})})
    monkeypatch.setattr(campaign, "table", table)
    assert not to_be_drawn(session)
    assert draw(campaign, place, None) is None


def test_keys_are_what_prefect_takes_and_links_lead_there(begun: tuple[Session, CycleRecord], tmp_path: Path) -> None:
    session, _ = begun
    campaign = Campaign("Fe_Co (2)", session.campaign.table, session.campaign.text, session.campaign.folder)
    usual = default_history(campaign.folder)
    assert artifact_key(campaign, usual, "budget") == "fe-co-2-budget"
    others = {artifact_key(campaign, tmp_path / where / "history", "budget") for where in ("", "elsewhere")}
    assert len(others) == 2
    assert all(re.fullmatch("fe-co-2-in-history-[0-9a-f]{6}-budget", each) for each in others)
    text = links(session.campaign, tmp_path)
    assert tmp_path.as_uri() in text
    assert "douka report tiny" in text
    assert f"| live page | `douka watch tiny --history {tmp_path}` | none runs now" in text
