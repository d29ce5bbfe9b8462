"""``douka run``: a whole campaign as one Prefect flow in this process, its cycles as tasks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flows.callbacks import OnCycle, OnWait
from flows.embedded import embedded_prefect
from flows.interruption import Interruption, interruptible
from flows.notifying.failing import failures_told
from flows.settings import default_home
from flows.stopped import refuse_stopped
from flows.underway import cut_off, forget, underway
from loop.campaign import Campaign
from loop.session import Session
from loop.state import State


def run_campaign(
    campaign: Campaign,
    history_path: Path,
    *,
    prefect_home: Path | None = None,
    on_cycle: OnCycle | None = None,
    on_wait: OnWait | None = None,
    on_start: Callable[[], object] | None = None,
    once: bool = False,
    migrate: bool = False,
) -> State:
    """Run a campaign until a stopping rule holds and every answer is in, or a person stops it.

    While it is paused it waits.

    Parameters
    ----------
    campaign
        What to do.
    history_path
        Folder of its history; made where there is none, continued where there is one.
    prefect_home
        Folder for Prefect's own state; see :func:`flows.settings.default_home`.
    on_cycle
        Called in this process with each sealed record, after its requests are handed out.
    on_wait
        Called each time there was nothing to do yet; ``session.waiting_for()`` says what is waited for.
    on_start
        Called before Prefect's server is started, once nothing is in the way of a cycle.
    once
        Do one cycle (none, where there is nothing to do or the campaign is paused) and return.
    migrate
        See :class:`loop.session.Session`.

    Returns
    -------
    State
        What the campaign knows now.

    Raises
    ------
    DoukaError
        As it was raised, by the campaign, its adapters or its history; :class:`~flows.errors.SchedulerError` where
        Prefect's server fails; :class:`~flows.errors.StoppedError` where a person stopped the campaign before. The
        history is whole after any of them.
    KeyboardInterrupt
        After the cycle at work is sealed and handed out; a second Ctrl-C is obeyed at once.
    """
    # The session first: what is wrong with a campaign is said at once, before anything of Prefect's is started.
    with failures_told(campaign.folder, history_path):
        session = Session(campaign, history_path, migrate=migrate)
    with session:
        home = prefect_home or default_home(history_path)
        if session.is_over:
            end_what_is_over(session, home)
            return session.state
        refuse_stopped(session)
        (on_start or _nothing)()
        interruption = _run(session, home, on_cycle or _nothing, on_wait or _nothing, once=once)
        if session.order is not None:  # given during the last cycle
            session.obey()
        if interruption.is_asked:
            raise KeyboardInterrupt
        return session.state


def end_what_is_over(session: Session, home: Path) -> None:
    """Do what a process left undone that was killed after the last cycle; nothing where none was.

    Parameters
    ----------
    session
        Of a campaign that is over.
    home
        Folder of Prefect's state.

    Raises
    ------
    SchedulerError
        Where Prefect's server fails.
    """
    marks = cut_off(session.history.path)
    if marks:
        _run(session, home, _nothing, _nothing, once=True)
    forget(marks)


def _run(session: Session, home: Path, on_cycle: OnCycle, on_wait: OnWait, *, once: bool) -> Interruption:
    with interruptible() as interruption, embedded_prefect(home), underway(session.history.path):
        from flows.cycles import run_cycles

        run_cycles(session, interruption, on_cycle, on_wait, once=once)
    return interruption


def _nothing(*_: object) -> None:
    pass
