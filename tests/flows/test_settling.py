"""The server is stopped only once it knows how the last task ended."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from uuid import UUID, uuid4

import pytest

from flows import settling, steps
from flows.settling import settle
from flows.steps import dispatch, finish, last_task

Tasks = Sequence[tuple[UUID, str, bool]]
SEAL, DISPATCH = (uuid4(), "cycle 0004: seal"), (uuid4(), "cycle 0004: dispatch")


@pytest.mark.parametrize(
    ("last", "looks"),
    [
        ("", 2),
        ("cycle 0004: dispatch", 5),
    ],
)
def test_what_the_server_has_not_heard_of_is_waited_for(monkeypatch: pytest.MonkeyPatch, last: str, looks: int) -> None:
    seen: list[Tasks] = [[(*SEAL, True)], [(*SEAL, True)], [(*SEAL, True), (*DISPATCH, False)]]
    done: Tasks = [(*SEAL, True), (*DISPATCH, True)]
    asked: list[Tasks] = []

    def answer(_: UUID) -> Tasks:
        asked.append(seen[len(asked)] if len(asked) < len(seen) else done)
        return asked[-1]

    monkeypatch.setattr(settling, "_last_tasks", answer)
    monkeypatch.setattr(settling, "_LOOK_SECONDS", 0.0)
    monkeypatch.setattr(settling.EventsWorker, "drain_all", lambda **_: None)
    settle(uuid4(), last, 600.0)
    assert len(asked) == looks


def test_one_that_never_comes_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "_last_tasks", lambda _: [(*SEAL, True)])
    monkeypatch.setattr(settling.EventsWorker, "drain_all", lambda **_: None)
    settle(uuid4(), "cycle 0004: dispatch", 0.3)


def test_the_last_task_is_found_by_its_name_also_after_a_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict that is taken in while answers are collected is sealed as a cycle before."""
    template, record, named = dispatch.task_run_name, SimpleNamespace(number=4), []
    assert isinstance(template, str)
    monkeypatch.setattr(steps, "seal", lambda _: None)
    monkeypatch.setattr(steps, "dispatch", lambda turn: named.append(template.format(turn=turn)))
    finish(SimpleNamespace(number=3, record=record))  # type: ignore[arg-type]
    assert named == [last_task(record)]  # type: ignore[arg-type]
