"""The automations of a campaign: of its own deployment only, patient enough, and nobody told who is not to be."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from jinja2.sandbox import SandboxedEnvironment
from prefect.events.actions import ChangeFlowRunState, SendNotification
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture

from flows.automations.wanted import CRASHED, LATE, PATIENCE, WITHOUT_HEARTBEATS, Watched, names_of, wanted
from flows.notifying.subject import Subject
from flows.settings import HEARTBEAT_SECONDS

WATCHED = Watched(Subject("tiny", "tiny --history 'an other'"), uuid4(), "tiny in other")
BLOCKS = (uuid4(), uuid4())


def _by_kind(blocks: tuple[UUID, ...] = BLOCKS, watched: Watched = WATCHED) -> dict[str, AutomationCore]:
    made = wanted(watched, blocks)
    return {what: made[name] for what, name in names_of(watched.name).items() if name in made}


def test_nobody_to_tell_leaves_the_one_that_acts() -> None:
    assert list(_by_kind(())) == [WITHOUT_HEARTBEATS]
    assert list(_by_kind()) == [WITHOUT_HEARTBEATS, CRASHED, LATE]


def test_a_healthy_run_on_a_busy_machine_is_left_alone() -> None:
    assert timedelta(seconds=3 * HEARTBEAT_SECONDS) < PATIENCE
    automation = _by_kind()[WITHOUT_HEARTBEATS]
    trigger, (action,) = automation.trigger, automation.actions
    assert isinstance(trigger, EventTrigger)
    assert (trigger.posture, trigger.within, trigger.threshold) == (Posture.Proactive, PATIENCE, 1)
    assert trigger.expect == {"prefect.flow-run.*"}, "the last state of a run may be called Waiting, Paused or Over"
    assert isinstance(action, ChangeFlowRunState)
    assert (action.state, action.message) == ("CRASHED", "no sign of life for 95s")


@pytest.mark.parametrize("what", [WITHOUT_HEARTBEATS, CRASHED, LATE])
def test_only_runs_of_the_own_deployment(what: str) -> None:
    trigger = _by_kind()[what].trigger
    assert isinstance(trigger, EventTrigger)
    expected = {"prefect.resource.id": f"prefect.deployment.{WATCHED.deployment}"}
    assert trigger.model_dump()["match_related"] == expected | {"prefect.resource.role": "deployment"}


@pytest.mark.parametrize("what", [CRASHED, LATE])
def test_every_block_is_told_what_a_person_does_next(what: str) -> None:
    automation = _by_kind()[what]
    told = [action for action in automation.actions if isinstance(action, SendNotification)]
    assert [action.block_document_id for action in told] == list(BLOCKS)
    assert all(action.subject.startswith("tiny: ") and "douka s" in action.body for action in told)
    assert all("Nothing is lost" in action.body for action in told)


def test_a_name_is_no_template() -> None:
    call = """'{{ flow_run }}{% raw %}' --history '{# }} ä 😀 "'"""
    odd = Watched(Subject("{{ flow_run }}{% raw %}", call), uuid4(), "odd")
    (action,) = _by_kind((uuid4(),), odd)[CRASHED].actions
    assert isinstance(action, SendNotification)
    assert "{" not in action.subject
    run = {"name": "odd 0007", "state": {"message": "gone"}}
    body = SandboxedEnvironment().from_string(action.body).render(flow_run=run)
    assert body.startswith("odd 0007: gone\n")
    assert body.endswith(f"douka status {call}"), "a shell must take it as it is"


def test_another_history_is_named() -> None:
    for what in (CRASHED, LATE):
        for action in _by_kind()[what].actions:
            assert isinstance(action, SendNotification)
            assert "tiny --history 'an other'" in action.body
