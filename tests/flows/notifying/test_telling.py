"""What happened is told once, whoever looks and however often; what could not be told is told later."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import httpx
import pytest
from prefect.blocks.core import Block

from adapters.instruments.archive import Archive
from adapters.simulators.pool import Pool
from flows.notifying.herald import tell_the_end
from flows.notifying.occasions import of_cycle
from flows.notifying.outbox import Outbox
from flows.notifying.subject import Subject
from flows.notifying.telling import Telling
from loop.approval import decide
from loop.campaign import Campaign
from loop.control import Kind, Order, Orders
from loop.errors import AdapterError, CampaignError
from loop.facts import now
from loop.history import History
from loop.notify_table import Occasion
from loop.records import Decision, Provenance, Quarantined, Result, Ruling, Status
from loop.retry import Act, Trouble, Troubles
from loop.session import Session
from loop.state import fold

MakeCampaign = Callable[..., Path]
NOTIFY = ("[stop]", '[notify]\nto = ["env:DOUKA_TEST_WEBHOOK"]\n\n[stop]')


class Receiver(Protocol):
    messages: list[dict[str, Any]]
    refuses: bool
    url: str


def _titles(webhook: Receiver) -> list[str]:
    return [message["title"] for message in webhook.messages]


def _look(campaign: Campaign, path: Path) -> None:
    """As another process would."""
    with History.open(path) as history:
        Telling(campaign, path).look(fold(history.records()))


def _order(path: Path, kind: Kind) -> None:
    Orders(path).give(Order(kind=kind, person="Anna", reason="a leak", time=now()))


def test_a_campaign_to_its_end(make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver) -> None:
    campaign, path = Campaign.load(make_campaign(NOTIFY)), tmp_path / "h"
    with Session(campaign, path) as session:
        telling = Telling(campaign, session.history.path)
        session.step()
        telling.look(session.state)
        assert webhook.messages == []
        _order(path, Kind.PAUSE)
        telling.look(session.state)
        telling.look(session.state)
        assert _titles(webhook) == ["tiny is paused by Anna"]
        assert webhook.messages[0]["body"] == f"a leak\nTo go on: douka resume tiny --history {path}"
        assert webhook.messages[0]["text"] == "tiny is paused by Anna\n" + webhook.messages[0]["body"]
        _look(campaign, path)
        assert len(webhook.messages) == 1, "another process finds the mark"
        _order(path, Kind.RESUME)
        while not session.is_over:
            session.step()
            telling.look(session.state)
    _look(campaign, path)
    assert _titles(webhook) == ["tiny is paused by Anna", "tiny is finished"]
    kept = "".join(file.read_text() for file in (path / "notices").iterdir())
    assert "s3cret" not in kept
    assert webhook.url not in kept


def test_what_is_not_taken_is_told_later_as_one_message(
    make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    campaign, path = Campaign.load(make_campaign(NOTIFY)), tmp_path / "h"
    with Session(campaign, path) as session:
        session.step()
        webhook.refuses = True
        with caplog.at_level(logging.WARNING):
            _order(path, Kind.PAUSE)
            _look(campaign, path)
        assert "env:DOUKA_TEST_WEBHOOK: the message was not taken (it answered 500)" in caplog.text
        assert "s3cret" not in caplog.text, "an address is a secret"
        _order(path, Kind.STOP)
        webhook.refuses = False
        _look(campaign, path)
    assert _titles(webhook) == ["tiny is stopped by Anna (and 1 more)"]
    call = f"tiny --history {path}"
    assert f"tiny is stopped by Anna\na leak\nTo go on: douka resume {call}, then" in webhook.messages[0]["body"]
    _look(campaign, path)
    assert len(webhook.messages) == 1


def test_an_order_that_was_lifted_meanwhile_is_no_news(
    make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver
) -> None:
    campaign, path = Campaign.load(make_campaign(NOTIFY)), tmp_path / "h"
    with Session(campaign, path) as session:
        session.step()
        _look(campaign, path)
        for kind in (Kind.STOP, Kind.RESUME, Kind.PAUSE):
            _order(path, kind)
        _look(campaign, path)
    assert _titles(webhook) == ["tiny is paused by Anna"]


def test_the_end_of_serving_is_told(make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver) -> None:
    folder, path = make_campaign(NOTIFY), tmp_path / "h"
    campaign = Campaign.load(folder)
    with Session(campaign, path) as session:
        session.step()
        _order(path, Kind.STOP)
        (folder / "campaign.toml").write_text("broken", encoding="utf-8")
        tell_the_end(campaign, path, session.state)
    assert _titles(webhook) == ["tiny is stopped by Anna"]


def test_what_is_put_aside_without_a_point_is_told_too(begun_state: tuple[Campaign, Path]) -> None:
    campaign, path = begun_state
    with History.open(path) as history:
        record, state = history.read(0), fold(history.records())
    sheet = Quarantined(
        id="k", target="a", x=None, value=math.nan, unit="", label="filled.csv", reason="filled.csv: is no worksheet",
        remedy="", z_score=None, request_id=None, provenance=Provenance(key="k", adapter="people"),
    )  # fmt: skip
    answers = replace(sheet, request_id="000000-laboratory-0")
    told = list(
        of_cycle(Subject.of(campaign.folder, path), campaign, state, replace(record, quarantined=(sheet, answers)))
    )
    (aside,) = (each for each in told if each.occasion is Occasion.QUARANTINED)
    assert aside.title == "tiny: 1 item put aside", "what answers a request is told of with those that failed"
    assert "is no worksheet" in aside.text


def test_nobody_listens_and_the_cycle_stands(
    make_campaign: MakeCampaign, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.delenv("DOUKA_TEST_WEBHOOK", raising=False)
    campaign, path = Campaign.load(make_campaign(NOTIFY)), tmp_path / "h"
    with Session(campaign, path) as session:
        session.step()
        _order(path, Kind.PAUSE)
        Telling(campaign, session.history.path).look(session.state)
    assert "the environment variable DOUKA_TEST_WEBHOOK is not set" in caplog.text


def test_failures_odd_values_and_errors_are_told_with_what_to_do(
    make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    collect = Archive.collect

    def scaled(self: Archive) -> list[object]:
        items = [item for item in collect(self) if isinstance(item, Result)]
        return [replace(item, unit="K") for item in items]

    def refuse(*_: object) -> None:
        raise OSError("no licence")

    monkeypatch.setattr(Archive, "submit", Pool.submit)
    monkeypatch.setattr(Archive, "collect", scaled)
    monkeypatch.setattr(Pool, "submit", refuse)
    campaign, path = Campaign.load(make_campaign(NOTIFY)), tmp_path / "h"
    with Session(campaign, path) as session:
        telling = Telling(campaign, session.history.path)
        session.step()
        session.step()
        telling.look(session.state)
        for _ in range(2):
            telling.error(AdapterError("the disk is full"), session.state.next_cycle)
    text = "\n".join(message["text"] for message in webhook.messages)
    assert "requests failed" in text
    assert "no licence" in text
    assert "douka quarantine tiny" in text
    assert _titles(webhook)[-1] == f"tiny: cycle {session.state.next_cycle} failed"
    assert text.count("the disk is full") == 1


def test_people_are_told_of_worksheets_and_approvals(begun_state: tuple[Campaign, Path]) -> None:
    campaign, path = begun_state
    with History.open(path) as history:
        record = history.read(0)
        state = fold(history.records())
    first = next(each for each in record.requests if each.adapter == "laboratory")
    waits = state.requests | {first.id: first.with_status(Status.AWAITING_APPROVAL)}
    notices = list(of_cycle(Subject.of(campaign.folder, path), campaign, replace(state, requests=waits), record))
    assert [notice.occasion for notice in notices] == [Occasion.WORKSHEET, Occasion.APPROVAL]
    assert f"{first.label} at laboratory" in notices[1].text
    assert notices[0].text.endswith(f"douka worksheet tiny --history {path}"), "not its usual place"


def test_a_reminder_is_told_once_whoever_looks_and_however_often(
    make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "[approval]\nslots = ['laboratory']\nremind_after = '4h'\nremind_every = '12h'\n\n" + NOTIFY[1]
    campaign, path = Campaign.load(make_campaign(("[stop]", lines))), tmp_path / "h"
    start = datetime(2026, 11, 23, tzinfo=UTC)
    monkeypatch.setattr("loop.session.now", start.isoformat)
    with Session(campaign, path) as session:
        session.step()
        waiting = [request.id for request in session.state.awaiting_approval]

    class Clock:
        hours = 0

        @classmethod
        def now(cls, _: object) -> datetime:
            return start + timedelta(hours=cls.hours)

    monkeypatch.setattr("flows.notifying.telling.datetime", Clock)
    told_at = []
    for Clock.hours in (0, 3, 4, 5, 15, 16, 27, 28, 29):
        before = len(webhook.messages)
        for _ in range(2):
            _look(campaign, path)
        told_at += [Clock.hours] * (len(webhook.messages) - before)
    assert told_at == [0, 4, 16, 28], "that they wait, then the reminders, all of one hour as one message"
    assert "2 requests to be approved" in webhook.messages[0]["title"]
    assert webhook.messages[1]["title"].endswith("still waits for approval (and 1 more)")
    assert all(f"{each} (" in webhook.messages[2]["body"] for each in waiting)
    assert webhook.messages[2]["body"].count("has waited for approval for 16.0 h") == len(waiting)
    assert "To approve or reject: douka approvals tiny" in webhook.messages[2]["body"]
    decide(path, Decision(request_id=waiting[0], ruling=Ruling.APPROVED, person="Anna"))
    Clock.hours = 40
    _look(campaign, path)
    assert waiting[0] not in webhook.messages[-1]["body"], "nobody is reminded of what is decided"


def test_a_block_that_cannot_be_fetched_keeps_nobody_else_from_being_told(
    make_campaign: MakeCampaign,
    tmp_path: Path,
    webhook: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    fetched: list[str] = []

    def away(recipient: str) -> object:
        fetched.append(recipient)
        raise httpx.ConnectError("no server at http://s3cret")

    monkeypatch.setattr(Block, "load", away)
    both = NOTIFY[0], NOTIFY[1].replace("to = [", 'to = ["slack-webhook/lab", ')
    campaign, path = Campaign.load(make_campaign(both)), tmp_path / "h"
    with Session(campaign, path) as session:
        session.step()
        _order(path, Kind.PAUSE)
        telling = Telling(campaign, path)
        for _ in range(2):
            telling.look(session.state)
    assert _titles(webhook) == ["tiny is paused by Anna"]
    assert fetched == ["slack-webhook/lab"], "tried again a minute later, not at each look"
    assert "slack-webhook/lab: the block could not be fetched from Prefect's server (ConnectError)" in caplog.text
    assert "s3cret" not in caplog.text
    assert [each.title for each in Outbox(path).waiting("slack-webhook/lab")] == ["tiny is paused by Anna"]


def test_one_process_sends_at_a_time(make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver) -> None:
    campaign, path = Campaign.load(make_campaign(NOTIFY)), tmp_path / "h"
    with Session(campaign, path) as session:
        session.step()
    _order(path, Kind.PAUSE)
    with Outbox(path).sending() as is_ours:
        assert is_ours
        _look(campaign, path)
    assert webhook.messages == [], "another one is at it, and would send it too"
    _look(campaign, path)
    assert _titles(webhook) == ["tiny is paused by Anna"]


@pytest.fixture
def begun_state(make_campaign: MakeCampaign, tmp_path: Path) -> tuple[Campaign, Path]:
    """A history of one cycle, and the campaign with people in place of the archive."""
    folder = make_campaign()
    with Session(Campaign.load(folder), tmp_path / "h") as session:
        session.step()
    file = folder / "campaign.toml"
    text = file.read_text().replace('adapter = "archive"', 'adapter = "worksheet"')
    return Campaign.parse(text, file), tmp_path / "h"


@pytest.mark.parametrize(
    "text", ["https://hooks.slack.com/services/T0/B0/s3cret", "mailto://anna:s3cret@example.org", "slack", "env:a-b"]
)
def test_an_address_in_the_file_is_refused_without_being_shown(make_campaign: MakeCampaign, text: str) -> None:
    with pytest.raises(CampaignError, match=r"notify\.to\.0 is ") as caught:
        Campaign.load(make_campaign(("[stop]", f'[notify]\nto = ["{text}"]\n\n[stop]')))
    assert "s3cret" not in str(caught.value)


def test_only_what_is_wanted_is_told(make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver) -> None:
    only = ("[stop]", '[notify]\nto = ["env:DOUKA_TEST_WEBHOOK"]\non = ["finished"]\n\n[stop]')
    campaign, path = Campaign.load(make_campaign(only)), tmp_path / "h"
    with Session(campaign, path) as session:
        session.step()
    _order(path, Kind.PAUSE)
    _look(campaign, path)
    assert webhook.messages == []


@pytest.mark.parametrize(
    ("error", "hours", "told"),
    [("TimeoutError: no answer", 0, 0), ("TimeoutError: no answer", 1, 1), ("PermissionError: key refused", 0, 1)],
)
def test_an_adapter_that_does_not_answer_is_told_once(
    make_campaign: MakeCampaign, tmp_path: Path, webhook: Receiver, error: str, hours: int, told: int
) -> None:
    campaign, path = Campaign.load(make_campaign(NOTIFY)), tmp_path / "h"
    times = {"since": "2026-01-01T12:00:00+00:00", "last": f"2026-01-01T{12 + hours}:00:00+00:00"}
    later = dict.fromkeys(("again", "until"), "2026-01-02T12:00:00+00:00")
    with Session(campaign, path) as session:
        session.step()
        Troubles(path).keep(Trouble(slot="cluster", act=Act.COLLECT, error=error, attempts=2, **times, **later))
        for _ in range(2):
            Telling(campaign, path).look(session.state)
    assert len([each for each in _titles(webhook) if "cluster does not do" in each]) == told
