"""``douka serve``."""

from __future__ import annotations

from pathlib import Path

from flows.cli.output import console
from flows.cli.places import find_place
from flows.cli.run import check
from flows.duration import parse_duration
from loop.campaign import Campaign


def serve_command(name: str, every: str, history: Path | None) -> None:
    """Serve a scheduled deployment of one cycle a run until interrupted."""
    interval = parse_duration(every)
    place = find_place(name, history)
    campaign = Campaign.load(place.campaign)
    check(campaign, place.history)
    console.print(f"[bold]{campaign.table.title}[/bold]: a cycle every {every}, until Ctrl-C")
    from flows.serving import serve_campaign

    serve_campaign(campaign, place.history, every=interval, prefect_home=place.prefect)
