"""Bringing the automations on Prefect's server in step with what a campaign wants."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.events.schemas.automations import Automation, AutomationCore
from prefect.exceptions import ObjectNotFound

from flows.automations.wanted import Watched, names_of, wanted
from flows.callbacks import Say
from flows.naming import deployment_name
from flows.notifying.subject import Subject
from loop.campaign import Campaign
from loop.notify_table import VARIABLE, NotifyTable, Occasion


def keep_automations(campaign: Campaign, history: Path, deployment: UUID, say: Say) -> tuple[str, ...]:
    """Make, change or remove the automations of a served campaign; those of others are left alone.

    Parameters
    ----------
    campaign, history
        What is served, into which folder.
    deployment
        Of its cycles.
    say
        Called with lines for a person.

    Returns
    -------
    tuple of str
        The recipients whom the server tells by itself that a cycle crashed or did not begin.
    """
    name = deployment_name(campaign, history)
    with get_client(sync_client=True) as client:
        blocks = _blocks(client, campaign.table.notify, say)
        watched = Watched(Subject.of(campaign.folder, history), deployment, name)
        reconcile(client, name, wanted(watched, list(blocks.values())))
    return tuple(blocks)


def reconcile(client: SyncPrefectClient, deployment: str, wanted: Mapping[str, AutomationCore]) -> None:
    """Leave on the server, of the automations of a deployment, what is wanted: each once, as it is now.

    One that a person switched off stays off.

    Parameters
    ----------
    client
        Of the server.
    deployment
        Its name.
    wanted
        By name.
    """
    for name in names_of(deployment).values():
        found = client.read_automations_by_name(name)
        one = wanted.get(name)
        for spare in found[1:] if one else found:
            client.delete_automation(spare.id)
        if one and not found:
            client.create_automation(one)
        elif one and (made := one.model_copy(update={"enabled": found[0].enabled})) != _core(found[0]):
            # All of it anew: what was never set is not sent.
            client.update_automation(found[0].id, AutomationCore(**made.model_dump(exclude={"owner_resource"})))


def standing(client: SyncPrefectClient, deployment: str) -> dict[str, bool]:
    """Give the automations of a deployment that there are, by what they watch for, and whether they are switched on.

    Parameters
    ----------
    client
        Of the server.
    deployment
        Its name.
    """
    found = {what: client.read_automations_by_name(name) for what, name in names_of(deployment).items()}
    return {what: each[0].enabled for what, each in found.items() if each}


def _core(automation: Automation) -> AutomationCore:
    return AutomationCore(**automation.model_dump(exclude={"id"}))


def _blocks(client: SyncPrefectClient, table: NotifyTable, say: Say) -> dict[str, UUID]:
    """Ids of the recipients that Prefect's server can tell by itself; it knows no variables of ours."""
    found: dict[str, UUID] = {}
    for recipient in table.to if Occasion.FAILED in table.on else ():
        if VARIABLE.fullmatch(recipient):
            continue
        kind, name = recipient.split("/")
        try:
            found[recipient] = client.read_block_document_by_name(name, kind).id
        except ObjectNotFound:
            say(f"[notify] {recipient}: Prefect has no such block yet; make it on its page 'Blocks'")
    return found
