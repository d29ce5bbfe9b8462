"""Runs that Prefect takes for alive although nobody works at them any more.

A process that is killed leaves its flow run RUNNING for ever, and such a run holds the only place of a deployment.
Whoever holds the writer's lock of a history knows better: no other run of that history can be at work.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.states import Cancelled, Crashed

TAG = "douka"
HISTORY = "history"
_PAGE = 200
_AT_WORK = {StateType.PENDING, StateType.RUNNING, StateType.CANCELLING}


def bury_dead_runs(history_path: Path, only: Collection[UUID] | None = None) -> list[datetime]:
    """Say of every open run of a history that it ended; to be called with the history's lock held.

    Parameters
    ----------
    history_path
        Folder of the history, which runs have as their parameter ``history``.
    only
        Leave all runs but these alone; none if None.

    Returns
    -------
    list of datetime
        When cycles were due that nobody did; UTC.
    """
    missed: list[datetime] = []
    state: State[None]
    with get_client(sync_client=True) as client:
        for run in list(_open_runs(client, str(history_path.resolve()))):
            if only is not None and run.id not in only:
                continue
            if run.state_type is not StateType.SCHEDULED:
                state = Crashed(message="its process is gone: the history was free to be written by another one")
            elif run.expected_start_time and run.expected_start_time < datetime.now(UTC):
                state = Cancelled(message="nobody served the campaign at that time")
                missed.append(run.expected_start_time)
            else:
                continue
            client.set_flow_run_state(run.id, state, force=True)
    return missed


def runs_at_work(history_path: Path) -> frozenset[UUID]:
    """Cycles of a served history of which Prefect says that they are running, or about to.

    Parameters
    ----------
    history_path
        As for :func:`bury_dead_runs`. A run of ``douka run`` has no deployment: nobody but a person ends it.
    """
    with get_client(sync_client=True) as client:
        runs = _open_runs(client, str(history_path.resolve()))
        return frozenset(run.id for run in runs if run.state_type in _AT_WORK and run.deployment_id is not None)


def _open_runs(client: SyncPrefectClient, history: str) -> Iterator[FlowRun]:
    states = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING, StateType.PAUSED, StateType.SCHEDULED]
    wanted = FlowRunFilter(
        tags=FlowRunFilterTags(all_=[TAG]), state=FlowRunFilterState(type=FlowRunFilterStateType(any_=states))
    )
    offset = 0
    while page := client.read_flow_runs(flow_run_filter=wanted, limit=_PAGE, offset=offset):
        yield from (run for run in page if run.parameters.get(HISTORY) == history)
        offset += len(page)
