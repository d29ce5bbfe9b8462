"""The automations of a served campaign: what Prefect's server does by itself, whatever became of ours."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from prefect.client.schemas.objects import StateType
from prefect.events.actions import ActionTypes, ChangeFlowRunState, SendNotification
from prefect.events.schemas.automations import AutomationCore, EventTrigger, Posture, TriggerTypes

from flows.naming import prefect_name
from flows.notifying.subject import Subject
from flows.settings import HEARTBEAT_SECONDS, LATE_SECONDS
from loop.duration import spoken

WITHOUT_HEARTBEATS = "without heartbeats"
CRASHED = "crashed"
LATE = "late"

PATIENCE = timedelta(seconds=3 * HEARTBEAT_SECONDS + 5)
"""Shorter than three heartbeats, a healthy run on a busy machine is taken for dead."""

CRASHED_EVERY = timedelta(hours=1)
LATE_EVERY = timedelta(hours=6)
"""A campaign that nobody serves over a weekend is one matter, not one a scheduled cycle."""

_RUN = "prefect.flow-run"


@dataclass(frozen=True)
class Watched:
    """What the automations of a campaign are about.

    Parameters
    ----------
    about
        The campaign.
    deployment, name
        Of its cycles: id and name.
    """

    about: Subject
    deployment: UUID
    name: str


def names_of(deployment: str) -> dict[str, str]:
    """Names of the automations of a deployment, by what they watch for; every other one is somebody else's.

    Parameters
    ----------
    deployment
        Its name.
    """
    return {each: f"douka {deployment}: {each}" for each in (WITHOUT_HEARTBEATS, CRASHED, LATE)}


def wanted(watched: Watched, blocks: Sequence[UUID], patience: timedelta = PATIENCE) -> dict[str, AutomationCore]:
    """Give the automations that a campaign is to have, by name.

    Parameters
    ----------
    watched
        Whose.
    blocks
        Ids of the blocks that tell people; without any nobody is told.
    patience
        How long a run may give no sign of life.
    """
    made = [_without_heartbeats(watched, patience)]
    if blocks:
        made += [_crashed(watched, blocks), _late(watched, blocks)]
    return {each.name: each for each in made}


def _without_heartbeats(watched: Watched, patience: timedelta) -> AutomationCore:
    """A run whose process is gone, on a machine that is gone too, say, would hold the deployment's only place for ever.

    Every event of a run is a sign of life: its last one may be called *Waiting* or *Over*, see :mod:`flows.run_states`.
    """
    trigger = EventTrigger(
        after={f"{_RUN}.heartbeat"},
        expect={f"{_RUN}.*"},
        for_each={"prefect.resource.id"},
        posture=Posture.Proactive,
        threshold=1,
        within=patience,
        **_of(watched),
    )
    crash = ChangeFlowRunState(state=StateType.CRASHED, message=f"no sign of life for {spoken(patience)}")
    text = f"A cycle of {watched.about.name} without a heartbeat for {spoken(patience)} is dead."
    return _automation(watched, WITHOUT_HEARTBEATS, text, trigger, [crash])


def _crashed(watched: Watched, blocks: Sequence[UUID]) -> AutomationCore:
    name = _literal(watched.about.name)
    body = (
        "{{ flow_run.name }}: {{ flow_run.state.message or 'its process is gone' }}\n"
        "Nothing is lost: the next cycle takes up what it left. "
        f"How it stands: douka status {_verbatim(watched.about.call)}"
    )
    trigger = _at_most_once(watched, "Crashed", CRASHED_EVERY)
    text = f"Tells that a cycle of {watched.about.name} crashed, at most once in {spoken(CRASHED_EVERY)}."
    return _automation(watched, CRASHED, text, trigger, _told(blocks, f"{name}: a cycle crashed", body))


def _late(watched: Watched, blocks: Sequence[UUID]) -> AutomationCore:
    name = _literal(watched.about.name)
    after = spoken(timedelta(seconds=LATE_SECONDS))
    body = (
        "Due at {{ flow_run.expected_start_time.strftime('%Y-%m-%d %H:%M') }} UTC, not begun "
        f"{after} later: nobody serves the campaign, or its machine is overloaded.\n"
        f"Nothing is lost. To serve it again, where it was served: douka serve {_verbatim(watched.about.call)}"
    )
    trigger = _at_most_once(watched, "Late", LATE_EVERY)
    text = f"Tells that a cycle of {watched.about.name} did not begin, at most once in {spoken(LATE_EVERY)}."
    return _automation(watched, LATE, text, trigger, _told(blocks, f"{name}: a cycle did not begin", body))


def _at_most_once(watched: Watched, state: str, within: timedelta) -> EventTrigger:
    """Acts on the first event at once; then, for as long, on none."""
    return EventTrigger(
        expect={f"{_RUN}.{state}"}, posture=Posture.Reactive, threshold=1, within=within, **_of(watched)
    )


def _of(watched: Watched) -> dict[str, dict[str, str]]:
    """Runs of the campaign's deployment only, and of no other one of the server."""
    deployment = {
        "prefect.resource.id": f"prefect.deployment.{watched.deployment}",
        "prefect.resource.role": "deployment",
    }
    return {"match": {"prefect.resource.id": f"{_RUN}.*"}, "match_related": deployment}


def _told(blocks: Sequence[UUID], subject: str, body: str) -> list[ActionTypes]:
    return [SendNotification(block_document_id=each, subject=subject, body=body) for each in blocks]


def _automation(
    watched: Watched, what: str, text: str, trigger: TriggerTypes, actions: list[ActionTypes]
) -> AutomationCore:
    name = names_of(watched.name)[what]
    return AutomationCore(name=name, description=text, enabled=True, trigger=trigger, actions=actions)


def _literal(name: str) -> str:
    """A name in a template: braces would be commands."""
    return re.sub(r"[{}#]", "-", prefect_name(name))


def _verbatim(text: str) -> str:
    """A text in a template, whatever is in it, since a shell must take it as it is: as a string of Jinja's."""
    return "{{ " + json.dumps(text, ensure_ascii=False) + " }}"
