"""What goes on while a campaign is served: Prefect's runner, and somebody who looks after it and tells what happens."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import httpx
from prefect import schedules
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.runner import Runner
from prefect.types.entrypoint import EntrypointType

from flows.burial import Burial
from flows.callbacks import Say
from flows.following import Follower
from flows.interruption import Interruption
from flows.last_cycle import LastCycle
from flows.naming import deployment_name, prefect_name
from flows.notifying.herald import Herald, heralding, tell_the_end
from flows.obeying import obey_at_once
from flows.people.keeping import asking
from flows.reconciling import TAG
from flows.schedule import Cron, Schedule
from flows.served import campaign_cycle
from flows.triggers.watching import watching
from loop.campaign import Campaign
from loop.state import State

LOOK_SECONDS = 1.0
POLL_SECONDS = 2.0
GRACE_SECONDS = 300
"""A run that has not begun after so long loses its place: on a busy machine its process starts slowly. As long as
Prefect's own leases, since a place that a killed process leaves is freed by whoever serves."""


async def serve_until_over(
    campaign: Campaign, history: Path, every: Schedule, interruption: Interruption, say: Say
) -> None:
    """Serve until the campaign is over or a person stops it, after the cycle at work or, if so ordered, at once.

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

    def is_ending() -> bool:
        return follower.is_over or follower.is_stopped or interruption.is_asked

    while not is_ending():
        burial, last = await asyncio.to_thread(Burial, history), LastCycle(history)
        running = asyncio.create_task(_run(campaign, history, every, lambda: follower.state, burial.missed, say))
        try:
            while not (running.done() or is_ending()):
                await asyncio.wait([running], timeout=LOOK_SECONDS)
                await asyncio.to_thread(follower.look)
                await asyncio.to_thread(burial.look)
            if not (running.done() or follower.is_stopped_at_once):
                await _pause(campaign, history)
                await _let_finish(running, last, follower, say)
        finally:
            await _stopped(running, say)
            last.release()
    await asyncio.to_thread(obey_at_once, campaign.folder, history, say)
    await asyncio.to_thread(follower.look)
    await asyncio.to_thread(tell_the_end, campaign, history, follower.state)


async def _pause(campaign: Campaign, history: Path) -> None:
    """Have Prefect begin no further cycle: neither one of the schedule nor one that news ask for."""
    # Where that fails, a cycle that begins all the same is waited for as well.
    with suppress(httpx.HTTPError, ObjectNotFound):
        async with get_client() as client:
            name = f"{campaign_cycle.name}/{deployment_name(campaign, history)}"
            await client.pause_deployment((await client.read_deployment_by_name(name)).id)


async def _let_finish(running: asyncio.Task[None], last: LastCycle, follower: Follower, say: Say) -> None:
    """The cycle at work ends as it would; who orders to stop at once does not wait for it."""
    told = False
    while not (running.done() or follower.is_stopped_at_once or await asyncio.to_thread(last.is_done)):
        if not (told or last.is_sealed or follower.is_over):
            say("the cycle at work is ended first; a second Ctrl-C leaves it to end alone")
            told = True
        await asyncio.wait([running], timeout=LOOK_SECONDS)
        await asyncio.to_thread(follower.look)


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
