"""When people are reminded, and what an ``[approval]`` may say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loop.approval import Waiting, awaiting, reminders
from loop.approval.reminding import due
from loop.approval_table import ApprovalTable
from loop.campaign import Campaign
from loop.errors import CampaignError
from loop.history import History
from loop.session import Session
from loop.state import fold

Asking = Callable[[str], Campaign]
START = datetime(2026, 11, 23, tzinfo=UTC)


@given(st.integers(1, 50), st.none() | st.integers(1, 50), st.integers(0, 400))
def test_reminders_come_after_and_every(after: int, every: int | None, hours: int) -> None:
    table = ApprovalTable(remind_after=f"{after}h", remind_every=every and f"{every}h")
    waiting = Waiting(request=None, since=START)  # type: ignore[arg-type]  # of no consequence here
    times = [after] if every is None else range(after, hours + 1, every)
    assert due(table, waiting, START + timedelta(hours=hours)) == sum(time <= hours for time in times)


def test_each_reminder_is_given_once_whoever_looks(
    asking: Asking, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = "experiments = true\nremind_after = '4h'\nremind_every = '12h'\ntimeout = '2d'\nwithout_answer = 'reject'"
    campaign, path = asking(lines), tmp_path / "h"
    monkeypatch.setattr("loop.session.now", lambda: START.isoformat())
    with Session(campaign, path) as session:
        session.step()
    with History.open(path) as history:
        state = fold(history.records())
        found = awaiting(history, state)
    given_at: list[int] = []
    for hour in range(48):
        for reminder in reminders(path, campaign.table.approval, found, START + timedelta(hours=hour)):
            given_at.append(hour)
            assert reminder.text == (
                f"{reminder.waiting.request.id} ({reminder.waiting.request.label}) has waited for approval for "
                f"{hour:.1f} h: every experiment is to be approved; without an answer by 2026-11-25T00:00+00:00: reject"
            )
    assert given_at == [4, 4, 16, 16, 28, 28, 40, 40]
    assert reminders(path, campaign.table.approval, found, START + timedelta(hours=47)) == []


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("timeout = '24h'", "expected a time with 'approve' or 'reject', or no time with 'wait'"),
        ("without_answer = 'reject'", "expected a time with"),
        ("timeout = 'soon'\nwithout_answer = 'reject'", "duration 'soon'"),
        ("remind_every = '4h'", "without approval.remind_after"),
        ("slots = ['furnace']", "approval.slots names 'furnace', expected some of cluster, laboratory"),
        ("without_answer = 'maybe'", "approval.without_answer = 'maybe'"),
        ("adapters = ['furnace']", "unknown key 'approval.adapters'"),
    ],
)
def test_a_table_that_makes_no_sense_is_refused(asking: Asking, lines: str, words: str) -> None:
    with pytest.raises(CampaignError) as caught:
        asking(lines)
    assert words in str(caught.value)


def test_the_table_may_change_at_any_time(asking: Asking, make_campaign: Callable[..., Path], tmp_path: Path) -> None:
    path = tmp_path / "h"
    with Session(asking("experiments = true"), path) as session:
        session.step()
        waiting = [each.id for each in session.state.awaiting_approval]
    with Session(Campaign.load(make_campaign()), path) as session:
        session.step()
        assert [each.id for each in session.state.awaiting_approval] == waiting, (
            "what was asked still waits; what is new does not"
        )
