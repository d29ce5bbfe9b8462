"""The commands of people who are asked: what waits for them, and what they answer."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.app import Json, Kept, Name, Reason, app

Which = Annotated[
    str | None, typer.Argument(metavar="[ID]", help="Of a request, as `douka approvals` lists it, or its beginning.")
]
By = Annotated[str, typer.Option(help="Who decides; you if not given.")]


@app.command()
def approvals(name: Name, history: Kept = None, as_json: Json = False) -> None:
    """List the requests that wait for approval: why, since when, and what happens without an answer."""
    from flows.cli.approvals import approvals_command

    approvals_command(name, history, as_json=as_json)


@app.command()
def approve(
    name: Name,
    request: Which = None,
    everything: Annotated[bool, typer.Option("--all", help="All that wait.")] = False,
    values: Annotated[
        list[str] | None, typer.Option("--set", help="Ask elsewhere instead: x=0.25; the other variables stay.")
    ] = None,
    reason: Reason = "",
    by: By = "",
    history: Kept = None,
    as_json: Json = False,
) -> None:
    """Let a request through, or change its point first; the next cycle hands it out."""
    from flows.cli.deciding import approve_command

    if (request is None) != everything:
        from flows.called import called

        words = called(name, history)
        raise typer.BadParameter(f"expected: douka approve {words} ID, or douka approve {words} --all")
    if everything and values:
        raise typer.BadParameter("--set belongs to one request: give its ID instead of --all")
    approve_command(name, request, values or (), reason, by, history, as_json=as_json)


@app.command()
def reject(
    name: Name,
    request: Annotated[str, typer.Argument(metavar="ID", help="Of a request, or its beginning.")],
    reason: Annotated[str, typer.Option("--reason", help="Why; it is kept with your name and the time.")],
    by: By = "",
    history: Kept = None,
    as_json: Json = False,
) -> None:
    """Refuse a request: it costs nothing, and its point is not asked for again."""
    from flows.cli.deciding import reject_command

    reject_command(name, request, reason, by, history, as_json=as_json)


@app.command()
def enter(
    name: Name,
    request: Annotated[str, typer.Argument(metavar="ID", help="Of the request that it answers, or its beginning.")],
    value: Annotated[str, typer.Option(help="With its unit: '1.52 T'; the campaign's own if none is given.")] = "",
    sd: Annotated[str, typer.Option(help="Standard uncertainty, in the same unit.")] = "",
    failed: Annotated[str, typer.Option(help="Instead of a value: why there is none, and will be none.")] = "",
    on: Annotated[str, typer.Option(help="When it was measured, 2026-11-23; today if not given.")] = "",
    by: Annotated[str, typer.Option(help="Who measured; you if not given.")] = "",
    sample: Annotated[str, typer.Option(help="The laboratory's name of the sample.")] = "",
    shares: Annotated[
        list[str] | None, typer.Option("--share", help="Measured share of an element in at.%: Fe=81.5; again for more.")
    ] = None,
    share_sd: Annotated[str, typer.Option("--share-sd", help="Standard uncertainty of a share, in at.%.")] = "",
    share_by: Annotated[str, typer.Option("--share-by", help="How the composition was measured: EDX, ICP.")] = "",
    phase: Annotated[str, typer.Option(help="Phase fraction in %.")] = "",
    note: Annotated[str, typer.Option(help="What else is to be said.")] = "",
    history: Kept = None,
    as_json: Json = False,
) -> None:
    """Answer a request to people: a value that was measured, or that it failed; checked like a worksheet's row."""
    from datetime import date

    from adapters.worksheets import heading as h
    from flows.cli.entering import enter_command

    fields = {
        h.VALUE: value, h.UNCERTAINTY: sd, h.FAILED: failed, h.ON: on or date.today().isoformat(), h.BY: by,
        h.LABORATORY_SAMPLE: sample, h.SHARES_ERROR: share_sd, h.SHARES_BY: share_by, h.PHASE: phase, h.NOTE: note,
    }  # fmt: skip
    enter_command(name, request, fields, shares or (), history, as_json=as_json)
