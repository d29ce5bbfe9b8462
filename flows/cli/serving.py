"""The commands of who serves a campaign, besides `douka serve`."""

from __future__ import annotations

from flows.cli.app import Json, Kept, Name, app


@app.command()
def cycle(name: Name, history: Kept = None, as_json: Json = False) -> None:
    """Ask whoever serves a campaign for a cycle now, whatever its schedule says."""
    from flows.cli.cycle import cycle_command

    cycle_command(name, history, as_json=as_json)
