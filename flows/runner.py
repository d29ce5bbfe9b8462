"""What goes on while a campaign is served: Prefect's runner, and somebody who looks after it and tells what happens."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import httpx
from prefect import schedules
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.types.entrypoint import EntrypointType

from flows.callbacks import Say
from flows.following import Follower
from flows.interruption import Interruption
from flows.naming import deployment_name, prefect_name
from flows.notifying.herald import Herald, heralding
from flows.people.keeping import asking
from flows.reconciling import TAG, bury_dead_runs, is_at_work
from flows.schedule import Cron, Schedule
from flows.served import campaign_cycle
from flows.triggers.watching import watching
from loop.campaign import Campaign
from loop.errors import HistoryLockedError
from loop.history.lock import WriterLock
from loop.state import State

LOOK_SECONDS = 1.0
POLL_SECONDS = 2.0
FINISH_SECONDS = 60.0
GRACE_SECONDS = 300
"""A run that has not begun after so long loses its place: on a busy machine its process starts slowly. As long as
Prefect's own leases, since a place that a killed process leaves is freed by whoever serves."""


async def serve_until_over(
    campaign: Campaign, history: Path, every: Schedule, interruption: Interruption, say: Say
) -> None:
    """Serve until the campaign is over or a person stops it.

    Parameters
    ----------
    campaign, history
        What to serve, into which folder.
    every
        Schedule.
    interruption
        Whether somebody asked to stop.
    say
        Called with lines for a person.
    """
    follower = Follower(history, say)
    while not (follower.is_over or follower.is_stopped or interruption.is_asked):
        missed = await asyncio.to_thread(_bury, history)
        running = asyncio.create_task(_run(campaign, history, every, lambda: follower.state, missed, say))
        try:
            while not (running.done() or follower.is_over or follower.is_stopped or interruption.is_asked):
                await asyncio.wait([running], timeout=LOOK_SECONDS)
                await asyncio.to_thread(follower.look)
            if follower.is_over and not running.done():
                await asyncio.to_thread(_let_finish, history)
        finally:
            await _stopped(running, say)


def _let_finish(history: Path) -> None:
    """The last cycle is sealed, but its run has still to show it and to tell people."""
    deadline = time.monotonic() + FINISH_SECONDS
    with suppress(httpx.HTTPError):  # without a server nothing is shown
        while time.monotonic() < deadline and is_at_work(history):
            time.sleep(LOOK_SECONDS)


async def _run(
    campaign: Campaign,
    history: Path,
    every: Schedule,
    state: Callable[[], State],
    missed: Sequence[datetime],
    say: Say,
) -> None:
    runner = Runner(
        name=prefect_name(campaign.name),
        query_seconds=POLL_SECONDS if isinstance(every, Cron) else min(POLL_SECONDS, every.total_seconds()),
        prefetch_seconds=1,
        limit=None,
    )
    deployment = await runner.aadd_deployment(deployment_of(campaign, history, every))
    herald = Herald(campaign, history, deployment, state, missed, say)
    async with (
        watching(campaign, history, deployment, say),
        asking(runner, campaign, history, say),
        heralding(herald, say),
    ):
        await runner.start()


async def _stopped(running: asyncio.Task[None], say: Say) -> None:
    if running.done() and not running.cancelled() and (error := running.exception()):
        say(f"Prefect's runner gave up ({error!r}); it is started again")
        await asyncio.sleep(POLL_SECONDS)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


def deployment_of(campaign: Campaign, history: Path, every: Schedule) -> RunnerDeployment:
    """One cycle of a campaign a run, of which no two are at work; one that comes due meanwhile is cancelled.

    Parameters
    ----------
    campaign, history
        What is served, into which folder.
    every
        Schedule.
    """
    return RunnerDeployment.from_flow(
        campaign_cycle,
        name=deployment_name(campaign, history),
        schedule=_schedule(every),
        concurrency_limit=ConcurrencyLimitConfig(
            limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW, grace_period_seconds=GRACE_SECONDS
        ),
        parameters={"campaign": str(campaign.folder), "history": str(history), "begin": False},
        description=campaign.table.title,
        tags=[TAG, prefect_name(campaign.name)],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def _schedule(every: Schedule) -> schedules.Schedule:
    if isinstance(every, Cron):
        return schedules.Cron(every.expression, timezone=every.timezone)
    return schedules.Interval(every)


def _bury(history: Path) -> Sequence[datetime]:
    try:
        lock = WriterLock(history)
    except HistoryLockedError:
        return ()  # somebody is at work: none of its runs is dead
    try:
        return bury_dead_runs(history)
    finally:
        lock.release()
