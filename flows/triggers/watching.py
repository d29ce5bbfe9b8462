"""Watching for news as long as a campaign is served."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

from flows.callbacks import Say
from flows.triggers.campaign_file import CampaignFile
from flows.triggers.lookout import LONGEST_SECONDS, LOOK_SECONDS, Lookout
from flows.triggers.places import lookouts_of
from flows.triggers.starter import Starter
from flows.triggers.trigger import Trigger
from flows.triggers.watch import Watch
from loop.campaign import Campaign
from loop.control import Orders
from loop.facts import now
from loop.history.layout import cycle_numbers


@asynccontextmanager
async def watching(campaign: Campaign, history: Path, deployment: UUID, say: Say) -> AsyncIterator[None]:
    """Start cycles of a deployment as soon as there are news, the first one at once, while the context lasts.

    Parameters
    ----------
    campaign, history
        What is served, into which folder.
    deployment
        Of one cycle a run.
    say
        Called with lines for a person.
    """
    task = asyncio.create_task(_watch(campaign, history, deployment, say))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _watch(campaign: Campaign, history: Path, deployment: UUID, say: Say) -> None:
    watch = Watch(
        Trigger(),
        Starter(deployment, history),
        is_held=lambda: Orders(history).standing() is not None,
        sealed=lambda: len(cycle_numbers(history)),
        since=now(),
    )
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_keep_looking(watch, CampaignFile(campaign, say), history, say))
        tasks.create_task(_keep_stepping(watch, say))


async def _keep_looking(watch: Watch, file: CampaignFile, history: Path, say: Say) -> None:
    """Look from the lookouts of the campaign as its file is now; of one that cannot be read, as it was."""
    while True:
        watch.lookouts = lookouts_of(file.campaign, history, say)
        async with asyncio.TaskGroup() as tasks:
            looking = [tasks.create_task(_look_again_and_again(lookout)) for lookout in watch.lookouts]
            while not await asyncio.to_thread(file.look):
                await asyncio.sleep(LOOK_SECONDS)
            for each in looking:
                each.cancel()


async def _look_again_and_again(lookout: Lookout) -> None:
    while True:
        await asyncio.to_thread(lookout.look)
        await asyncio.sleep(lookout.pause)


async def _keep_stepping(watch: Watch, say: Say) -> None:
    failures = 0
    while True:
        try:
            await watch.step()
        except Exception as error:  # a server that is started again, say: scheduled cycles go on meanwhile
            if failures == 0:
                say(f"news start no cycle for the moment ({error})")
            failures += 1
        else:
            failures = 0
        await asyncio.sleep(min(LOOK_SECONDS * 2.0 ** min(failures, 10), LONGEST_SECONDS))
