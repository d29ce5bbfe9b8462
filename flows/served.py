"""One cycle as one flow run: what ``douka serve`` schedules, and what a Prefect worker may run as well."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from prefect import flow, runtime
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import State as RunState
from prefect.states import Cancelled, Completed, Failed

from flows.naming import cycle_name
from flows.notifying.failing import tell_failure
from flows.run_states import HELD, OVER, WAITING, waiting_words
from flows.steps import one_cycle
from flows.telling import Teller
from loop.campaign import Campaign
from loop.errors import DoukaError, HistoryError, HistoryLockedError
from loop.history import History
from loop.session import Session


def run_name() -> str:
    """Campaign and cycle, as in ``two-fourteen-one 0007``; the session is made only later."""
    parameters: dict[str, Any] = runtime.flow_run.parameters
    history, file = Path(parameters["history"]), Path(parameters["campaign"])
    try:
        number = History.open(history).next_number if History.exists(history) else 0
    except HistoryError:
        number = 0  # the cycle itself says what is wrong with it
    return cycle_name((file if file.is_dir() else file.parent).name, number)


@flow(name="cycle", flow_run_name=run_name, retries=0, persist_result=False, log_prints=False)
def campaign_cycle(campaign: str, history: str, begin: bool = True) -> RunState[Any]:
    """Do the next cycle of a campaign; which one that is, the history says.

    Parameters
    ----------
    campaign
        Folder of the campaign.
    history
        Folder of its history.
    begin
        Make the history where there is none. ``douka serve`` makes it before the first run, so that one that is gone
        with its disk is not begun anew by the next.
    """
    folder, place = Path(campaign), Path(history)
    try:
        with Session(Campaign.load(folder), place, begin=begin) as session, Teller(session) as teller:
            return _done(session, teller)
    except Exception as error:
        tell_failure(folder, place, error)
        if isinstance(error, HistoryLockedError):
            return Cancelled(message=str(error))
        if isinstance(error, DoukaError):
            return Failed(message=str(error))
        raise


def _done(session: Session, teller: Teller) -> RunState[Any]:
    if not session.is_over and (order := session.obey()) is not None:
        return Completed(name=HELD, message=f"no cycle: the campaign was {order}")
    state = Completed(message="") if session.is_over else _cycle(session, teller)
    return _over(session) if session.is_over else state


def _cycle(session: Session, teller: Teller) -> RunState[Any]:
    record = one_cycle(session)
    if session.order is not None:  # given meanwhile
        session.obey()
    if record is not None:
        teller.cycle(record)
        return Completed(message=f"cycle {record.number} is sealed; {len(record.requests)} new requests")
    return Completed(name=WAITING, message=waiting_words(session))


def _over(session: Session) -> RunState[Any]:
    """Nothing is left to do: no further runs."""
    if runtime.deployment.id is not None:
        with get_client(sync_client=True) as client:
            client.pause_deployment(runtime.deployment.id)
    return Completed(name=OVER, message=f"the campaign is over: {session.state.stopped}; its schedule is paused")
