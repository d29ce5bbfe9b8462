"""What the state of a run is called, so that waiting, paused and over are told from failed in a list of runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from prefect import runtime
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State
from prefect.states import Completed, Running

from flows.logbook import never_fatal
from loop.session import Session

WAITING = "Waiting"
OVER = "Over"
HELD = "Paused"
STOPPED = "Stopped"
_SHOWN = 5


def ended(session: Session) -> State[Any]:
    """How a run ended that did all it could: over, held by an order, waiting for answers, or simply done."""
    order = session.order
    if session.is_over:
        return Completed(name=OVER, message=f"the campaign is over: {session.state.stopped}")
    if order is not None:
        return Completed(name=STOPPED if order.ends else HELD, message=f"the campaign was {order}")
    return Completed(message=f"{session.state.next_cycle} cycles are sealed; {waiting_words(session)}")


def waiting_words(session: Session) -> str:
    """How many answers are outstanding, and how the first of them stand."""
    words = session.waiting_for()
    return f"{len(words)} requests are open" + (f": {_few(words)}" if words else "")


@contextmanager
def run_state(name: str, message: str) -> Iterator[None]:
    """Call the state of the run at work something else for a while; it stays a running one."""
    _call(Running(name=name, message=message))
    try:
        yield
    finally:
        _call(Running())


def _call(state: State[Any]) -> None:
    with never_fatal("naming the state of the run"), get_client(sync_client=True) as client:
        client.set_flow_run_state(UUID(runtime.flow_run.id), state, force=True)


def _few(words: Mapping[str, str]) -> str:
    some = [f"{key} {word}" for key, word in list(words.items())[:_SHOWN]]
    return ", ".join(some) + (" …" if len(words) > _SHOWN else "")
