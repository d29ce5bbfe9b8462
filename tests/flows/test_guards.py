"""The guards in their order: the history's lock, one run of a deployment; an instrument's lock is the station's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from flows.schedule import Cron, Schedule
from loop.campaign import Campaign
from loop.history import History
from loop.session import Session


def test_first_the_history_is_locked_and_a_run_that_finds_it_so_does_nothing(
    make_campaign: Callable[..., Path], tmp_path: Path
) -> None:
    from flows.served import campaign_cycle

    folder, history = make_campaign(), tmp_path / "history"
    with Session(Campaign.load(folder), history) as session:
        session.step()
        state = campaign_cycle.fn(str(folder), str(history))
        assert state.is_cancelled()
        assert "is being written by process" in str(state.message)
    assert History.open(history).next_number == 1


@pytest.mark.parametrize("every", [timedelta(hours=1), Cron("0 6 * * 1-5", "Europe/Berlin")], ids=["every", "cron"])
def test_then_a_deployment_does_one_run_at_a_time_and_cancels_others(
    make_campaign: Callable[..., Path], tmp_path: Path, every: Schedule
) -> None:
    from prefect.client.schemas.objects import ConcurrencyLimitStrategy

    from flows.runner import deployment_of

    made = deployment_of(Campaign.load(make_campaign()), tmp_path / "history", every)
    assert made.concurrency_limit == 1
    assert made.concurrency_options is not None
    assert made.concurrency_options.collision_strategy is ConcurrencyLimitStrategy.CANCEL_NEW
    ((schedule,), asked) = made.schedules, every
    if isinstance(asked, Cron):
        assert (schedule.schedule.cron, schedule.schedule.timezone) == (asked.expression, asked.timezone)
    else:
        assert schedule.schedule.interval == asked


def test_the_same_news_are_the_same_run_and_another_campaign_has_another() -> None:
    from uuid import UUID

    from flows.triggers.starter import key_of

    one, other, news = UUID(int=1), UUID(int=2), frozenset({"laboratory: a.csv", "laboratory: b.csv"})
    assert key_of(one, news, 0) == key_of(one, frozenset(sorted(news, reverse=True)), 0)
    keys = {key_of(one, news, 0), key_of(one, news, 1), key_of(other, news, 0), key_of(one, frozenset(), 0)}
    assert len(keys) == 4
