"""The steps of a cycle as Prefect tasks, each thin: what they do is :class:`loop.session.Session`.

A :class:`Turn` carries news and record from step to step in this process. Prefect sees a name, a state and a small JSON
value of each; nothing is cached, persisted or tried again, since the sealed history alone says what happened.
"""

from __future__ import annotations

from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from flows.callbacks import OnWait
from flows.interruption import Interruption
from loop.records import CycleRecord
from loop.session import News, Session

# Explicit, so that neither a prefect.toml nor an environment can make a step act twice.
_ONCE: dict[str, Any] = {
    "retries": 0,
    "cache_policy": NO_CACHE,
    "persist_result": False,
    "cache_result_in_memory": False,
    "log_prints": False,
}


class Turn:
    """One cycle at work, from collecting to dispatching.

    Parameters
    ----------
    session
        Whose cycle it is.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.number = session.state.next_cycle
        self.news: News = []
        self.record: CycleRecord | None = None


@task(name="collect", task_run_name="cycle {turn.number:04d}: collect", **_ONCE)
def collect(turn: Turn) -> int:
    """Take in what is finished; how many answers there are."""
    turn.news = turn.session.collect()
    return len(turn.news)


@task(name="decide", task_run_name="cycle {turn.number:04d}: decide", **_ONCE)
def decide(turn: Turn) -> bool:
    """Admit, assimilate, choose; whether there is anything to seal."""
    turn.record = turn.session.decide(turn.news)
    return turn.record is not None


@task(name="wait", task_run_name="cycle {turn.number:04d}: wait for answers", **_ONCE)
def wait(turn: Turn, interruption: Interruption, on_wait: OnWait) -> bool:
    """Look again and again until there is something to seal: one task, however many days that takes."""
    while turn.record is None and not interruption.wait(turn.session.campaign.table.poll_seconds):
        if turn.session.order is not None:
            break
        turn.record = turn.session.decide(turn.session.collect())
        if turn.record is None:
            on_wait(turn.session)
    return turn.record is not None


@task(name="pause", task_run_name="cycle {turn.number:04d}: paused", **_ONCE)
def pause(turn: Turn, interruption: Interruption, on_wait: OnWait) -> str:
    """Wait until the campaign is resumed, stopped or interrupted; the order it obeyed, in words."""
    words = ""
    while (order := turn.session.obey()) is not None:
        words = str(order)
        on_wait(turn.session)
        if order.ends or interruption.wait(turn.session.campaign.table.poll_seconds):
            break
    return words


@task(name="seal", task_run_name="cycle {turn.number:04d}: seal", **_ONCE)
def seal(turn: Turn) -> dict[str, int | float]:
    """Make the cycle true; its summary."""
    record = turn.record
    if record is None:
        return {}
    turn.session.seal(record)
    return {"cycle": record.number, "requests": len(record.requests), "spent": turn.session.state.spent}


@task(name="dispatch", task_run_name="cycle {turn.number:04d}: dispatch", **_ONCE)
def dispatch(turn: Turn) -> int:
    """Hand out every open request; how many are open."""
    turn.session.dispatch()
    return len(turn.session.state.open_requests)


def last_task(record: CycleRecord) -> str:
    """Name of the task that ended the cycle of a record."""
    return f"cycle {record.number:04d}: dispatch"


def one_cycle(session: Session) -> CycleRecord | None:
    """Do one cycle as tasks; None where there was nothing to do.

    Parameters
    ----------
    session
        The campaign at work.
    """
    turn = Turn(session)
    collect(turn)
    decide(turn)
    return finish(turn)


def finish(turn: Turn) -> CycleRecord | None:
    """Seal and dispatch what was decided, if anything was."""
    if turn.record is not None:
        turn.number = turn.record.number  # verdicts may have been sealed since the turn began, as cycles of their own
        seal(turn)
        dispatch(turn)
    return turn.record
