"""``douka serve``: a campaign on a schedule, one cycle a flow run, on a Prefect server of this machine."""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

from flows.callbacks import Say
from flows.interruption import interruptible
from flows.server import Server
from flows.settings import PAGES_PORT, client_settings, default_home, environment
from flows.stopped import refuse_stopped
from loop.campaign import Campaign
from loop.duration import spoken
from loop.errors import HistoryLockedError
from loop.session import Session


def serve_campaign(
    campaign: Campaign,
    history_path: Path,
    *,
    every: timedelta,
    prefect_home: Path | None = None,
    say: Say | None = None,
) -> None:
    """Run a cycle of a campaign every so often, until it is over, a person stops it, or somebody interrupts.

    Starts a Prefect server on this machine, or finds the one of the workspace; registers a deployment of one cycle a
    flow run, of which no two run at a time: a run that comes due while one is at work is cancelled. The first cycle is
    done at once. Whatever this call started ends with it, and the schedule is paused. While the campaign is paused (see
    :class:`loop.control.Orders`) its runs do nothing, and say so.

    Parameters
    ----------
    campaign
        What to do.
    history_path
        Folder of its history; made where there is none, continued where there is one.
    every
        Pause from one scheduled cycle to the next.
    prefect_home
        Folder for Prefect's own state; see :func:`flows.settings.default_home`.
    say
        Called with lines for a person; they go to standard output where it is absent.

    Raises
    ------
    DoukaError
        Where the campaign cannot run, a person stopped it before, or the server does not start.
    KeyboardInterrupt
        Where somebody interrupted, after everything was stopped.
    """
    say = say or _write
    home = prefect_home or default_home(history_path)
    if _is_over(campaign, history_path, say):
        return
    with (
        Server(home, PAGES_PORT, pages=True) as server,
        environment(client_settings(home, server.port, quiet=False)),
    ):
        from flows.runner import serve_until_over

        server.wait()
        say(f"Prefect's pages are at {server.url}" + ("" if server.is_ours else " (started by another douka serve)"))
        say(f"serving {campaign.name} every {spoken(every)}; Ctrl-C ends it")
        with interruptible() as interruption:
            asyncio.run(serve_until_over(campaign, history_path.resolve(), every, server, interruption, say))
            if interruption.is_asked:
                raise KeyboardInterrupt


def _is_over(campaign: Campaign, history_path: Path, say: Say) -> bool:
    """Try the campaign before anything is started for it."""
    try:
        with Session(campaign, history_path) as session:
            if session.is_over:
                say(f"the campaign is over: {session.state.stopped}; there is nothing to serve")
                return True
            refuse_stopped(session)
            return False
    except HistoryLockedError as error:
        say(f"{error}. Cycles are skipped until then")
        return False


def _write(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
