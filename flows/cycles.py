"""The campaign flow: cycles until the campaign is over."""

from __future__ import annotations

from prefect import flow

from flows.campaign_flow import OnCycle, OnWait
from flows.interruption import Interruption
from flows.steps import Turn, collect, decide, finish, wait
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
    name = session.campaign.name

    # No parameters: the session stays in this process, Prefect never looks at it.
    @flow(name=name, flow_run_name=name, retries=0, persist_result=False, log_prints=False)
    def campaign() -> dict[str, str | int]:
        while not (session.is_over or interruption.is_asked):
            turn = Turn(session)
            collect(turn)
            if not decide(turn) and not once:
                on_wait(session)
                wait(turn, interruption, on_wait)
            record = finish(turn)
            if record is not None:
                on_cycle(record, session)
            if once:
                break
        return {"cycles": session.state.next_cycle, "stopped": session.state.stopped}

    from prefect import tags

    with tags("douka", name):
        campaign()
