"""``douka serve``: a campaign on a schedule, one cycle a flow run, on a Prefect server of this machine."""

from __future__ import annotations

import sys
from datetime import timedelta
from pathlib import Path

from flows.assignment import Assignment
from flows.binding import LOOPBACK, is_loopback
from flows.callbacks import Say
from flows.campaign_flow import end_what_is_over
from flows.interruption import interruptible
from flows.notifying.failing import failures_told
from flows.password import FILE as PASSWORD
from flows.password import USER
from flows.schedule import Schedule, told
from flows.server import Server, kept_running
from flows.settings import KEPT, PAGES_PORT, client_settings, default_home, environment
from flows.stopped import refuse_stopped
from flows.supervising import supervise
from flows.triggers.presence import Presence
from flows.underway import underway
from loop.campaign import Campaign
from loop.errors import HistoryLockedError
from loop.session import Session


def serve_campaign(
    campaign: Campaign,
    history_path: Path,
    *,
    every: Schedule,
    host: str = LOOPBACK,
    keep: timedelta = KEPT,
    prefect_home: Path | None = None,
    say: Say | None = None,
) -> None:
    """Run a cycle of a campaign every so often, until it is over, a person stops it, or somebody interrupts.

    Starts a Prefect server on this machine, or finds the one of the workspace; registers a deployment of one cycle a
    flow run, of which no two run at a time: a run that comes due while one is at work is cancelled. The first cycle is
    done at once. Server and runner are processes of their own, which are started again where they die. Whatever this
    call started ends with it, and the schedule is paused. While the campaign is paused (see
    :class:`loop.control.Orders`) its runs do nothing, and say so.

    Parameters
    ----------
    campaign
        What to do.
    history_path
        Folder of its history; made where there is none, continued where there is one.
    every
        Pause from one scheduled cycle to the next, or times of the clock.
    host
        Address that the server listens on: see :func:`flows.binding.parse_host`. Off loopback it asks for a password,
        which is drawn, see :func:`flows.password.password`.
    keep
        How long Prefect shows a run that ended; the history keeps everything. That of who starts the server counts.
    prefect_home
        Folder for Prefect's own state; see :func:`flows.settings.default_home`.
    say
        Called with lines for a person; they go to standard output where it is absent.

    Raises
    ------
    DoukaError
        Where the campaign cannot run, is served already, a person stopped it before, or the server does not start.
    KeyboardInterrupt
        Where somebody interrupted, after everything was stopped.
    """
    say = say or _write
    home = prefect_home or default_home(history_path)
    if _is_over(campaign, history_path, home, say):
        return
    with Presence(history_path) as presence, Server(home, PAGES_PORT, pages=True, host=host, keep=keep) as server:

        def surroundings() -> dict[str, str]:
            return client_settings(home, server.port, quiet=False, host=server.host)

        server.wait()
        _introduce(server, home, say)
        presence.tell(server.url)
        say(f"serving {campaign.name} {told(every)}, and when there are news; Ctrl-C ends it")
        with (
            environment(surroundings()),
            interruptible() as interruption,
            kept_running(server, say),
            underway(history_path),
        ):
            supervise(Assignment(campaign.folder, history_path.resolve(), every), surroundings, interruption, say)
        if interruption.is_asked:
            raise KeyboardInterrupt


def _introduce(server: Server, home: Path, say: Say) -> None:
    say(f"Prefect's pages are at {server.url}" + ("" if server.is_ours else " (started by another douka serve)"))
    if not is_loopback(server.host):
        say(
            f"other machines reach them too; the pages ask for the whole line of {home / PASSWORD} as the password, "
            f"{USER}: and what follows"
        )


def _is_over(campaign: Campaign, history_path: Path, home: Path, say: Say) -> bool:
    """Try the campaign before anything is started for it."""
    try:
        with failures_told(campaign.folder, history_path):
            session = Session(campaign, history_path)
        with session:
            if session.is_over:
                end_what_is_over(session, home)
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
