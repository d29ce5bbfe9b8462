"""Looking again and again beside a runner, whatever goes wrong."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from flows.callbacks import Say


@asynccontextmanager
async def looking(look: Callable[[], None], seconds: float, meanwhile: str, say: Say) -> AsyncIterator[None]:
    """Look every so often, in a thread, while the context lasts.

    Parameters
    ----------
    look
        Called without arguments; what it raises is said once, until it succeeds again.
    seconds
        Pause between two looks.
    meanwhile
        What holds for people as long as it fails, in words.
    say
        Called with lines for a person.
    """
    task = asyncio.create_task(_keep_looking(look, seconds, meanwhile, say))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _keep_looking(look: Callable[[], None], seconds: float, meanwhile: str, say: Say) -> None:
    failed = False
    while True:
        try:
            await asyncio.to_thread(look)
            failed = False
        except Exception as error:  # a server that is started again, say
            if not failed:
                say(f"{meanwhile}, for the moment ({error!r})")
            failed = True
        await asyncio.sleep(seconds)
