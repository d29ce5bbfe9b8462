"""The command of who is told what happens to a campaign."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.app import Json, Kept, Name, app


@app.command()
def notify(
    name: Name,
    history: Kept = None,
    test: Annotated[bool, typer.Option("--test", help="Send each of them a message now; exit 1 if one fails.")] = False,
    as_json: Json = False,
) -> None:
    """List who is told what happens to a campaign, and what they were not told yet; or try it.

    Where a Prefect server is at work: also what it watches for by itself.
    """
    from flows.cli.notify import notify_command

    notify_command(name, history, test=test, as_json=as_json)
