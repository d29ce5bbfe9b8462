"""The runner of ``douka serve``, a process of its own that is started again when it dies: see :mod:`flows.supervising`.

``python -m flows.runner_process``; the first line of standard input is an :class:`~flows.assignment.Assignment`, the
rest a lifeline. It writes lines for a person. Exit codes: 0 the campaign is over, stopped or interrupted; 1 an error.
"""

from __future__ import annotations

import asyncio
import os
import sys

import httpx

from flows.assignment import Assignment
from flows.interruption import interruptible
from flows.lifeline import at_the_end_of_the_parent
from flows.notifying.failing import tell_failure
from flows.runner import serve_until_over
from loop.campaign import Campaign
from loop.errors import DoukaError


def main() -> int:
    """Serve until the campaign is over or somebody asks to stop."""
    assignment = Assignment.parsed(_line())
    # A run at work is a process of its own: it ends its cycle alone, and the next runner lets it.
    at_the_end_of_the_parent(lambda: os._exit(1))
    try:
        campaign = Campaign.load(assignment.campaign)
        with interruptible() as interruption:
            asyncio.run(serve_until_over(campaign, assignment.history, assignment.every, interruption, _write))
    except DoukaError as error:
        _write(str(error))
        tell_failure(assignment.campaign, assignment.history, error)
        return 1
    except httpx.TransportError as error:
        _write(f"Prefect's server does not answer ({error!r})")
        return 1
    return 0


def _line() -> bytes:
    """The first line of standard input, unbuffered: the rest belongs to the lifeline."""
    line = b""
    while not line.endswith(b"\n") and (byte := os.read(0, 1)):
        line += byte
    return line


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
