"""A cycle that news start: a flow run of the campaign's deployment."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.states import Crashed, Scheduled

from flows.run_states import HELD
from flows.triggers.standing import Standing
from flows.triggers.trigger import News
from loop.errors import HistoryLockedError
from loop.history.lock import WriterLock

_SHOWN = 5
_AT_WORK = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]


class Starter:
    """Starts runs of one deployment and says what became of them.

    Parameters
    ----------
    deployment
        Which one.
    history
        Folder of the history that it writes.
    """

    def __init__(self, deployment: UUID, history: Path) -> None:
        self._deployment, self._history = deployment, history

    async def is_free(self) -> bool:
        """Whether a run would be done now: none is at work or due, and nobody paused deployment or schedule."""
        async with get_client() as client:
            deployment = await client.read_deployment(self._deployment)
            if deployment.paused or not any(schedule.active for schedule in deployment.schedules):
                return False
            runs = await self._runs(client, [*_AT_WORK, StateType.SCHEDULED])
        now = datetime.now(UTC)
        return not any(
            run.state_type is not StateType.SCHEDULED or (run.expected_start_time or now) <= now for run in runs
        )

    async def clear(self) -> None:
        """Say of runs at work that they are dead, where nobody writes the history: their processes are gone."""
        try:
            lock = WriterLock(self._history)
        except HistoryLockedError:
            return
        dead: State[None] = Crashed(message="nobody works at it: the history was free to be written by another one")
        try:
            async with get_client() as client:
                for run in await self._runs(client, _AT_WORK):
                    await client.set_flow_run_state(run.id, dead, force=True)
        finally:
            lock.release()

    async def _runs(self, client: PrefectClient, states: list[StateType]) -> list[FlowRun]:
        return await client.read_flow_runs(
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[self._deployment])),
            flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=states))),
        )

    async def start(self, news: News, attempt: int) -> UUID:
        """Create a run; the same news at the same attempt give the same run.

        Parameters
        ----------
        news
            What it is for.
        attempt
            Tells a further attempt at the same news from a duplicate.
        """
        async with get_client() as client:
            run = await client.create_flow_run_from_deployment(
                self._deployment,
                idempotency_key=key_of(self._deployment, news, attempt),
                state=Scheduled(message=f"started by news: {spoken(news)}"),
            )
        return run.id

    async def standing(self, run: UUID) -> Standing:
        """Tell how far a run is."""
        async with get_client() as client:
            state = (await client.read_flow_run(run)).state
        if state is None or state.type in {StateType.SCHEDULED, StateType.PENDING}:
            return Standing.TO_COME
        if not state.is_final():
            return Standing.AT_WORK
        return Standing.DONE if state.is_completed() and state.name != HELD else Standing.FRUSTRATED


def key_of(deployment: UUID, news: News, attempt: int) -> str:
    """Idempotency key of a run; all campaigns of a server share one flow, within which keys count."""
    return hashlib.sha256(json.dumps([str(deployment), sorted(news), attempt]).encode()).hexdigest()


def spoken(news: News) -> str:
    """Name some of the news."""
    some = sorted(news)[:_SHOWN]
    return ", ".join(some) + (f" and {len(news) - _SHOWN} more" if len(news) > _SHOWN else "")
