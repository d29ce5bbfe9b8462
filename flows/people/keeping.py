"""Keeping the questions in Prefect's pages in step with what is asked, as long as a campaign is served."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    FlowRunFilterTags,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.deployments.runner import RunnerDeployment
from prefect.runner import Runner
from prefect.states import Cancelled
from prefect.types.entrypoint import EntrypointType

from flows.callbacks import Say
from flows.following import Follower
from flows.looking import looking
from flows.naming import deployment_name, prefect_name
from flows.people.asked import REFUSED, ask_person
from flows.people.question import WORKSHEET, Question, questions_of
from loop.approval import awaiting, reminders
from loop.approval_table import ApprovalTable
from loop.campaign import Campaign
from loop.history import History
from loop.revising import campaign_at

LOOK_SECONDS = 2.0
AT_WORK = 2
"""Runs that may be starting at a time: each is a process of its own until it is suspended."""

REST = timedelta(minutes=5)
"""A question whose run failed is asked again after so long."""

TAG = "people"
_BUSY = {StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING}
_WAITING = {StateType.PAUSED, StateType.SCHEDULED}
_OPEN = [*_BUSY, StateType.PAUSED, StateType.CANCELLING]
_PAGE = 200


@asynccontextmanager
async def asking(runner: Runner, campaign: Campaign, history: Path, say: Say) -> AsyncIterator[None]:
    """Ask people, and remind them, while the context lasts; nothing where the campaign asks nobody.

    Parameters
    ----------
    runner
        Of the campaign; it serves the questions beside the cycles.
    campaign, history
        What is served, into which folder.
    say
        Called with lines for a person, reminders among them.
    """
    if not asks_people(campaign):
        yield
        return
    deployment = await runner.aadd_deployment(_deployment(campaign, history))
    keeper = Keeper(history, deployment, say)
    async with looking(keeper.look, LOOK_SECONDS, "people are asked on the command line only", say):
        yield


def asks_people(campaign: Campaign) -> bool:
    """Whether a campaign has requests approved, or people among its slots."""
    return campaign.table.approval != ApprovalTable() or any(s.table.adapter == WORKSHEET for s in campaign.slots)


def _deployment(campaign: Campaign, history: Path) -> RunnerDeployment:
    return RunnerDeployment.from_flow(
        ask_person,
        name=prefect_name(f"{deployment_name(campaign, history)} people"),
        parameters={"campaign": str(campaign.folder), "history": str(history)},
        description=f"What people are asked: {campaign.table.title}",
        tags=[TAG, prefect_name(campaign.name)],
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


class Keeper:
    """Sees that every question has one run, and that a run without a question ends.

    Parameters
    ----------
    history, say
        As for :func:`asking`.
    deployment
        Of the questions.
    """

    def __init__(self, history: Path, deployment: UUID, say: Say) -> None:
        self._history, self._deployment, self._say = history, deployment, say
        self._follower = Follower(history, lambda _: None)
        self._is_first = True
        self._asked: set[str] = set()

    def look(self) -> None:
        """Look at the history, then bring the runs in step with it."""
        if not History.exists(self._history):
            return
        self._follower.look()
        with History.open(self._history) as history:
            state = self._follower.state
            campaign = campaign_at(history, state.next_cycle)
            questions = {each.key: each for each in questions_of(campaign, history, state)}
            waiting = awaiting(history, state)
        table = campaign.table.approval
        for reminder in reminders(self._history, table, waiting, datetime.now(UTC)):
            self._say(reminder.text)
        if questions or self._asked or self._is_first:
            with get_client(sync_client=True) as client:
                self._bring_in_step(client, questions)

    def _bring_in_step(self, client: SyncPrefectClient, questions: dict[str, Question]) -> None:
        runs = self._open(client)
        if self._is_first:
            _bury(client, runs)
            runs, self._is_first = self._open(client), False
        for key, run in runs.items():
            if key not in questions and run.state_type in _WAITING:
                client.set_flow_run_state(run.id, Cancelled(message=f"{key}: decided elsewhere"), force=True)
        free = AT_WORK - sum(run.state_type in _BUSY for run in runs.values())
        missing = [key for key in questions if key not in runs]
        for key in missing[: max(free, 0)]:
            self._ask(client, key)
        self._asked = {*runs, *missing}

    def _ask(self, client: SyncPrefectClient, key: str) -> None:
        before = self._runs(client, [key], FlowRunSort.EXPECTED_START_TIME_DESC, limit=1)
        if not any(_is_resting(run) for run in before):
            told = next((run.state.message or "" for run in before if run.state and run.state.name == REFUSED), "")
            client.create_flow_run_from_deployment(
                self._deployment, parameters={"question": key, "told": told}, tags=[TAG, key]
            )

    def _open(self, client: SyncPrefectClient) -> dict[str, FlowRun]:
        """The run of each question that is not over."""
        found: dict[str, FlowRun] = {}
        while page := self._runs(client, [], FlowRunSort.ID_DESC, states=_OPEN, offset=len(found)):
            found |= {str(run.parameters.get("question")): run for run in page}
            if len(page) < _PAGE:
                break
        return found

    def _runs(
        self,
        client: SyncPrefectClient,
        tags: list[str],
        sort: FlowRunSort,
        *,
        states: list[StateType] | None = None,
        limit: int = _PAGE,
        offset: int = 0,
    ) -> list[FlowRun]:
        is_one_of = None if states is None else FlowRunFilterState(type=FlowRunFilterStateType(any_=states))
        return client.read_flow_runs(
            flow_run_filter=FlowRunFilter(tags=FlowRunFilterTags(all_=[TAG, *tags]), state=is_one_of),
            deployment_filter=DeploymentFilter(id=DeploymentFilterId(any_=[self._deployment])),
            sort=sort,
            limit=limit,
            offset=offset,
        )


def _is_resting(run: FlowRun) -> bool:
    """Whether a run failed just now: what made it fail may last, and each try is a process."""
    if run.state is None or run.state_type not in {StateType.FAILED, StateType.CRASHED}:
        return False
    return datetime.now(UTC) - run.state.timestamp < REST


def _bury(client: SyncPrefectClient, runs: dict[str, FlowRun]) -> None:
    """Runs that were at work when the process that served before them ended: the question is asked again."""
    for run in runs.values():
        if run.state_type in {StateType.PENDING, StateType.RUNNING, StateType.CANCELLING}:
            client.set_flow_run_state(run.id, Cancelled(message="its process is gone; it is asked again"), force=True)
