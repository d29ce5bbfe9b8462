"""``douka notify``."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import typer

from flows.cli.output import console, print_json, print_table
from flows.cli.places import Place, find_place
from flows.errors import NotificationError
from flows.finding import found
from flows.notifying.outbox import Outbox
from loop.campaign import Campaign
from loop.notify_table import VARIABLE


def notify_command(name: str, history: Path | None, *, test: bool, as_json: bool) -> None:
    """Show the recipients of a campaign, or send each a message."""
    place = find_place(name, history)
    campaign = Campaign.load(place.campaign)
    told = campaign.table.notify
    if test and (told.to or as_json):
        _try(campaign, place, as_json=as_json)
        return
    outbox = Outbox(place.history)
    waiting = {each: len(outbox.waiting(each)) for each in told.to}
    automations = _automations(campaign, place)
    if as_json:
        print_json({"campaign": campaign.name, "on": list(told.on), "waiting": waiting, "automations": automations})
        return
    if not told.to:
        console.print(f"{place.name} tells nobody: [notify] of its file names no recipient in 'to'")
    else:
        rows = [(each, str(count)) for each, count in waiting.items()]
        print_table("Who is told", ("recipient", "messages that wait"), rows)
        console.print(f"of: {', '.join(told.on)}. To try it: douka notify {place.called} --test")
    _print_automations(automations)


def _automations(campaign: Campaign, place: Place) -> dict[str, bool] | None:
    """What stands on the server that is at work, if one is: there is no other that could act."""
    server = found(place.prefect)
    if server is None:
        return None
    from flows.embedded import client_of

    with client_of(place.prefect, *server):
        from prefect.client.orchestration import get_client

        from flows.automations.keeping import standing
        from flows.naming import deployment_name

        with get_client(sync_client=True) as client:
            return standing(client, deployment_name(campaign, place.history))


def _print_automations(automations: Mapping[str, bool] | None) -> None:
    if automations is None:
        console.print("No Prefect server is at work here, so it watches for nothing", style="dim")
        return
    rows = [(each, "on" if is_on else "switched off") for each, is_on in automations.items()]
    print_table("What Prefect's server watches for", ("a cycle", ""), rows)


def _try(campaign: Campaign, place: Place, *, as_json: bool) -> None:
    answers: dict[str, str | None] = {}
    with _prefect(campaign, place, quiet=as_json):
        from flows.notifying.recipients import send

        for recipient in campaign.table.notify.to:
            try:
                send(recipient, f"{campaign.name}: a test", "This is how douka tells you what happens to the campaign.")
                answers[recipient] = None
            except NotificationError as error:
                answers[recipient] = str(error)
            if not as_json:
                console.print(answers[recipient] or f"{recipient}: taken")
    if as_json:
        print_json({"campaign": campaign.name, "problems": answers})
    if any(answers.values()):
        raise typer.Exit(1)


def _prefect(campaign: Campaign, place: Place, *, quiet: bool) -> AbstractContextManager[None]:
    """A server, where one of the recipients is a block that it keeps: that at work, else one of our own."""
    if all(VARIABLE.fullmatch(each) for each in campaign.table.notify.to):
        return nullcontext()
    from flows.embedded import client_of, embedded_prefect

    if server := found(place.prefect):
        return client_of(place.prefect, *server)
    if not quiet:
        console.print("starting Prefect's server on loopback …", style="dim")
    return embedded_prefect(place.prefect)
