"""Questions and runs are brought in step; the server is a stand-in that keeps runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.states import Cancelled, Completed, Failed, Running, Scheduled, Suspended

import flows.people.keeping
from flows.people.asked import REFUSED
from flows.people.keeping import AT_WORK, REST, Keeper
from loop.approval import decide
from loop.campaign import Campaign
from loop.records import Decision, Ruling
from loop.session import Session


@dataclass
class Server:
    """Keeps runs as Prefect's server does, as far as questions need it."""

    made: list[FlowRun] = field(default_factory=list)

    def create_flow_run_from_deployment(self, deployment: UUID, parameters: dict[str, Any], tags: list[str]) -> None:
        run = FlowRun(flow_id=uuid4(), deployment_id=deployment, parameters=parameters, tags=tags)
        self.made.append(run)
        self.move(parameters["question"], Scheduled())

    def move(self, question: str, state: State[Any]) -> None:
        run = self.last(question)
        run.state, run.state_type = state, state.type

    def set_flow_run_state(self, run_id: UUID, state: State[Any], force: bool) -> None:
        assert force
        run = next(run for run in self.made if run.id == run_id)
        run.state, run.state_type = state, state.type

    def read_flow_runs(
        self, *, flow_run_filter: Any, deployment_filter: Any, limit: int, offset: int, **_: Any
    ) -> list[FlowRun]:
        assert deployment_filter.id.any_
        tags = set(flow_run_filter.tags.all_)
        found = [run for run in reversed(self.made) if tags <= set(run.tags)]
        if flow_run_filter.state is not None:
            found = [run for run in found if run.state_type in flow_run_filter.state.type.any_]
        return found[offset : offset + limit]

    def last(self, question: str) -> FlowRun:
        return next(run for run in reversed(self.made) if run.parameters["question"] == question)

    @property
    def asked(self) -> list[str]:
        return [run.parameters["question"] for run in self.made if run.state and not run.state.is_final()]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    kept = Server()

    @contextmanager
    def client(*, sync_client: bool) -> Iterator[Server]:
        assert sync_client
        yield kept

    monkeypatch.setattr(flows.people.keeping, "get_client", client)
    return kept


@pytest.fixture
def folder(make_campaign: Callable[..., Path]) -> Path:
    """Six requests wait."""
    made = make_campaign(
        ("[stop]", "[approval]\ncost_above = 0\nremind_after = '1s'\n\n[stop]"),
        ("slots = 2\nstart = 4", "slots = 4\nstart = 4"),
    )
    _step(made)
    return made


def _step(folder: Path) -> None:
    with Session(Campaign.load(folder), folder / "history") as session:
        session.step()


def _keeper(folder: Path, said: list[str] | None = None) -> Keeper:
    return Keeper(folder / "history", uuid4(), (said if said is not None else []).append)


def test_every_question_has_one_run_and_few_start_at_a_time(folder: Path, server: Server) -> None:
    keeper = _keeper(folder)
    for _ in range(2):
        keeper.look()
        assert len(server.made) == AT_WORK
    while len(server.made) < 6:
        for question in server.asked:
            server.move(question, Suspended(timeout_seconds=60))
        keeper.look()
    keeper.look()
    assert sorted(server.asked) == sorted({*server.asked})
    assert len(server.made) == 6


def test_what_is_decided_elsewhere_is_not_asked_any_more(folder: Path, server: Server) -> None:
    keeper = _keeper(folder)
    keeper.look()
    first, second = server.asked
    server.move(first, Suspended(timeout_seconds=60))
    server.move(second, Running())
    for question in (first, second):
        name = question.removeprefix("approval-")
        decide(folder / "history", Decision(request_id=name, ruling=Ruling.APPROVED, person="Anna"))
    keeper.look()
    assert server.last(first).state_type is StateType.CANCELLED
    assert server.last(second).state_type is StateType.RUNNING, "it may be taking its answer"


def test_an_answer_that_was_not_taken_is_told_above_the_next_form(folder: Path, server: Server) -> None:
    keeper = _keeper(folder)
    keeper.look()
    question = server.asked[0]
    server.move(question, Completed(name=REFUSED, message="a = 2, expected 0 to 1"))
    keeper.look()
    again = server.last(question)
    assert again.state_type is StateType.SCHEDULED
    assert again.parameters["told"] == "a = 2, expected 0 to 1"
    server.move(question, Cancelled())
    keeper.look()
    assert server.last(question).parameters["told"] == "", "somebody cancelled the run, not the question"


def test_a_question_whose_run_failed_rests(folder: Path, server: Server) -> None:
    keeper = _keeper(folder)
    keeper.look()
    question = server.asked[0]
    server.move(question, Failed())
    before = server.last(question).id
    keeper.look()
    assert server.last(question).id == before
    state = Failed(timestamp=datetime.now(UTC) - REST - timedelta(seconds=1))
    server.move(question, state)
    for other in server.asked:
        server.move(other, Suspended(timeout_seconds=60))
    keeper.look()
    assert server.last(question).id != before


def test_what_a_killed_process_left_is_asked_again(folder: Path, server: Server) -> None:
    _keeper(folder).look()
    first, second = server.asked
    server.move(first, Running())
    server.move(second, Suspended(timeout_seconds=60))
    left = server.last(first).id
    _keeper(folder).look()
    assert next(run for run in server.made if run.id == left).state_type is StateType.CANCELLED
    assert server.last(first).id != left
    assert server.last(second).state_type is StateType.PAUSED, "nobody was at work at it"


@pytest.mark.usefixtures("server")
def test_people_are_reminded_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> datetime:
            return datetime.now(tz) + timedelta(hours=1)

    said: list[str] = []
    keeper = _keeper(folder, said)
    monkeypatch.setattr(flows.people.keeping, "datetime", Later)
    keeper.look()
    keeper.look()
    assert len(said) == 6
    assert all("has waited for approval for 1.0 h: it costs" in line for line in said)


def test_nothing_is_asked_of_the_server_where_nobody_is_asked(
    make_campaign: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_campaign()
    _step(folder)
    keeper = _keeper(folder)
    keeper._is_first = False

    def none(**_: Any) -> Any:
        raise AssertionError("the server was asked")

    monkeypatch.setattr(flows.people.keeping, "get_client", none)
    keeper.look()
