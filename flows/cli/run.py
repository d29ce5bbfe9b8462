"""``douka run``."""

from __future__ import annotations

from pathlib import Path

from flows.cli.failing import going_on_later
from flows.cli.output import aside, console, print_json
from flows.cli.places import find_place
from flows.cli.progress import Progress
from loop.campaign import Campaign


def run_command(name: str, history: Path | None, *, once: bool, migrate: bool, as_json: bool = False) -> None:
    """Run a campaign through Prefect's embedded server and print what was found."""
    place = find_place(name, history)
    campaign = Campaign.load(place.campaign)
    shown = aside if as_json else console
    with going_on_later(), Progress(campaign, place.called, shown) as progress:
        from flows.campaign_flow import run_campaign

        state = run_campaign(
            campaign,
            place.history,
            prefect_home=place.prefect,
            on_cycle=progress.cycle,
            on_wait=progress.wait,
            on_start=lambda: shown.print("starting Prefect's server on loopback …", style="dim"),
            once=once,
            migrate=migrate,
        )
    from flows.cli.summary import print_summary
    from loop.knowledge import knowledge
    from loop.plain_knowledge import plain_knowledge

    known = knowledge(campaign, state)
    if as_json:
        print_json({**plain_knowledge(campaign, state, known), "history": str(place.history)})
        return
    print_summary(campaign, state, known)
    console.print(f"history  {place.history}", f"report   douka report {place.called}", sep="\n", style="dim")
