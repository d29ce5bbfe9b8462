"""Cycles that died, and cycles that did not begin, for recipients whom the server cannot tell by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterEndTime,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort

from flows.notifying.notice import Notice
from flows.notifying.occasions import of_crash, of_late
from flows.notifying.subject import Subject
from flows.settings import LATE_SECONDS

NEWS = timedelta(hours=1)
"""A run that died longer ago is no news, to whoever begins to look."""

_SHOWN = 50


def mishaps(client: SyncPrefectClient, deployment: UUID, about: Subject, now: datetime) -> Iterator[Notice]:
    """Give what went wrong with the cycles of a deployment; what is known already has the same key again.

    Parameters
    ----------
    client
        Of the server.
    deployment
        Whose runs.
    about
        Its campaign.
    now
        With a time zone.
    """
    died = FlowRunFilter(state=_of(StateType.CRASHED), end_time=FlowRunFilterEndTime(after_=now - NEWS))
    for run in _runs(client, deployment, died, FlowRunSort.END_TIME_DESC):
        if run.end_time is not None:
            yield of_crash(about, run.name, run.end_time, (run.state and run.state.message) or "")
    over = FlowRunFilterExpectedStartTime(before_=now - timedelta(seconds=LATE_SECONDS))
    waiting = FlowRunFilter(state=_of(StateType.SCHEDULED), expected_start_time=over)
    for run in _runs(client, deployment, waiting, FlowRunSort.EXPECTED_START_TIME_ASC):
        if run.expected_start_time is not None:
            yield of_late(about, run.expected_start_time)


def _of(kind: StateType) -> FlowRunFilterState:
    return FlowRunFilterState(type=FlowRunFilterStateType(any_=[kind]))


def _runs(client: SyncPrefectClient, deployment: UUID, wanted: FlowRunFilter, sort: FlowRunSort) -> list[FlowRun]:
    of = DeploymentFilter(id=DeploymentFilterId(any_=[deployment]))
    return client.read_flow_runs(flow_run_filter=wanted, deployment_filter=of, sort=sort, limit=_SHOWN)
