"""The command that shows a campaign in a browser, and its options."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.cli.app import Kept, Name, app


@app.command()
def watch(
    name: Name,
    history: Kept = None,
    port: Annotated[int | None, typer.Option(min=0, max=65535, help="To listen on; 0 for any that is free.")] = None,
    browser: Annotated[
        bool, typer.Option("--open/--no-open", help="Open it in a browser, where there is a terminal.")
    ] = True,
) -> None:
    """Show a campaign as a live page on this machine: best so far, predictions, requests, quarantine; until Ctrl-C."""
    from flows.cli.watch import watch_command

    watch_command(name, history, port, browser=browser)
