"""Waiting for what an action of a device promises."""

from __future__ import annotations

import asyncio
import inspect
import time
from typing import Any

_LOOK_SECONDS = 0.01


def waited_for(result: Any) -> Any:
    """Wait for what a device's method gave.

    Parameters
    ----------
    result
        A coroutine, a status with ``wait`` (ophyd), a bare status of bluesky's protocol (``done``, ``success`` and
        ``exception``), or the answer itself.

    Returns
    -------
    object
        What a coroutine gives; else what was passed.

    Raises
    ------
    RuntimeError
        Where a status is done without success and tells no exception; else that exception is raised.
    """
    if inspect.isawaitable(result):

        async def awaited() -> Any:
            return await result

        return asyncio.run(awaited())
    if callable(wait := getattr(result, "wait", None)):
        wait()
    elif isinstance(getattr(result, "done", None), bool) and hasattr(result, "success"):
        _wait_until_done(result)
    return result


def _wait_until_done(status: Any) -> None:
    while not status.done:
        time.sleep(_LOOK_SECONDS)
    if not status.success:
        tell = getattr(status, "exception", None)
        error = tell() if callable(tell) else None
        raise error if isinstance(error, BaseException) else RuntimeError("its status is done without success")
