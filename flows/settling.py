"""Letting Prefect's server write down how the last tasks ended, before it is stopped."""

from __future__ import annotations

import time
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.sorting import TaskRunSort
from prefect.events.worker import EventsWorker

_LOOK_SECONDS = 0.1
_DRAIN_SECONDS = 5.0
_LAST = 20


def settle(flow_run: UUID, last: str = "", seconds: float = 10.0) -> None:
    """Return once the last task of a flow run is in and nothing changes on the server any more, or after some seconds.

    Tasks report by events, which the server takes in behind the flow: stopped at once, it would keep the last tasks as
    running for ever, or never hear of them. Nothing but records for people depends on it, so patience is limited.

    Parameters
    ----------
    flow_run
        Which run.
    last
        Name of the task run that came last; not known if empty.
    seconds
        How long to wait at most.
    """
    EventsWorker.drain_all(timeout=_DRAIN_SECONDS)
    deadline, before = time.monotonic() + seconds, None
    while time.monotonic() < deadline:
        seen = _last_tasks(flow_run)
        is_in = not last or any(name == last for _, name, _ in seen)
        if is_in and seen == before and all(ended for *_, ended in seen):
            return
        before = seen
        time.sleep(_LOOK_SECONDS)


def _last_tasks(flow_run: UUID) -> list[tuple[UUID, str, bool]]:
    with get_client(sync_client=True) as client:
        tasks = client.read_task_runs(
            flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[flow_run])),
            sort=TaskRunSort.EXPECTED_START_TIME_DESC,
            limit=_LAST,
        )
    return [(task.id, task.name, task.state is not None and task.state.is_final()) for task in tasks]
