"""The campaign flow: cycles until the campaign is over."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from prefect import flow, runtime, tags
from prefect.client.schemas.objects import State

from flows.callbacks import OnCycle, OnWait
from flows.interruption import Interruption
from flows.naming import prefect_name, run_name
from flows.reconciling import TAG, bury_dead_runs
from flows.run_states import HELD, WAITING, ended, run_state, waiting_words
from flows.settling import settle
from flows.steps import Turn, collect, decide, finish, last_task, pause, wait
from flows.telling import Teller
from loop.records import CycleRecord
from loop.session import Session


def run_cycles(session: Session, interruption: Interruption, on_cycle: OnCycle, on_wait: OnWait, *, once: bool) -> None:
    """Repeat the cycle, as one flow run, until the campaign is over or somebody asks to stop.

    Parameters
    ----------
    session
        The campaign at work.
    interruption
        Whether somebody asked to stop.
    on_cycle, on_wait
        See :func:`flows.campaign_flow.run_campaign`.
    once
        Do one cycle only, and do not wait.
    """
    name = prefect_name(session.campaign.name)
    place = session.history.path.resolve()
    runs: list[UUID] = []
    last = ""

    # A name by function: in a text, braces would be a template.
    @flow(name=name, flow_run_name=lambda: run_name(session), retries=0, persist_result=False, log_prints=False)
    def campaign(history: str) -> State[Any]:  # noqa: ARG001  # for people, and to find dead runs by
        nonlocal last
        runs.append(UUID(runtime.flow_run.id))
        with Teller(session) as teller:

            def waiting(session: Session) -> None:
                on_wait(session)
                teller.look()

            while not (
                session.is_over or interruption.is_asked or _is_ended(session, interruption, waiting, once=once)
            ):
                record = _cycle(session, interruption, waiting, once=once)
                if record is not None:
                    last = last_task(record)
                    on_cycle(record, session)
                    teller.cycle(record)
                if once:
                    break
        return ended(session)

    bury_dead_runs(place)
    try:
        with tags(TAG, name):
            campaign(str(place))
    finally:
        for run in runs:
            settle(run, last)


def _is_ended(session: Session, interruption: Interruption, on_wait: OnWait, *, once: bool) -> bool:
    """Keep to what was ordered between two cycles; whether that is to end."""
    order = session.obey()
    if order is None or order.ends or once:
        return order is not None
    with run_state(HELD, str(order)):
        pause(Turn(session), interruption, on_wait)
    order = session.order
    return interruption.is_asked or (order is not None and order.ends)


def _cycle(session: Session, interruption: Interruption, on_wait: OnWait, *, once: bool) -> CycleRecord | None:
    turn = Turn(session)
    collect(turn)
    if not decide(turn) and not once:
        on_wait(session)
        with run_state(WAITING, waiting_words(session)):
            wait(turn, interruption, on_wait)
    return finish(turn)
