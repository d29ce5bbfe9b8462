"""The commands that say how a campaign stands and what it knows, with their options."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from flows.cli.app import History, Json, Kept, Name, app


class Verdict(StrEnum):
    """What a person can decide about a value that was put aside."""

    ACCEPT, REJECT = "accept", "reject"


@app.command()
def status(name: Name, history: Kept = None, as_json: Json = False) -> None:
    """Show how a campaign stands: what is best, what is asked, waited for and put aside."""
    from flows.cli.status import status_command

    status_command(name, history, as_json=as_json)


@app.command()
def propose(
    name: Name,
    history: Kept = None,
    why: Annotated[str | None, typer.Option("--why", help="Explain one request, by its id.")] = None,
    as_json: Json = False,
) -> None:
    """Show what would be asked next, and why; nothing is sealed or sent."""
    from flows.cli.propose import propose_command

    propose_command(name, history, why, as_json=as_json)


@app.command()
def observations(
    name: History,
    history: Kept = None,
    target: Annotated[str | None, typer.Option(help="Only this target.")] = None,
    as_json: Json = False,
) -> None:
    """List what was learned from, with the ids that `douka retract` takes."""
    from flows.cli.observations import observations_command

    observations_command(name, history, target, as_json=as_json)


@app.command()
def quarantine(
    name: History,
    verdict: Annotated[
        Verdict | None, typer.Argument(help="What you decide about one of them; list them if absent.")
    ] = None,
    item: Annotated[str | None, typer.Argument(metavar="[ID]", help="Its id, or the beginning of it.")] = None,
    history: Kept = None,
    reason: Annotated[str | None, typer.Option(help="Why; it is kept with your name.")] = None,
    as_json: Json = False,
) -> None:
    """List what was not believed, with the reason and what to do about it; or accept or reject one of them."""
    from flows.cli.quarantine import quarantine_command, verdict_command

    if verdict is None:
        quarantine_command(name, history, as_json=as_json)
    elif not item or not reason:
        from flows.called import called

        raise typer.BadParameter(f"expected: douka quarantine {called(name, history)} {verdict.value} ID --reason WHY")
    else:
        verdict_command(name, history, verdict.value, item, reason, as_json=as_json)


@app.command()
def audit(
    name: Name,
    limit: Annotated[
        float, typer.Option(min=0.0, help="Predictive standard deviations that make a value suspicious.")
    ] = 3.0,
    as_json: Json = False,
) -> None:
    """Hold every value of a campaign's tables against what the others foretell; name what may have gone wrong."""
    from flows.cli.audit import audit_command

    audit_command(name, limit, as_json=as_json)
