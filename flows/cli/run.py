"""``douka run``."""

from __future__ import annotations

from pathlib import Path

from flows.cli.failing import going_on_later
from flows.cli.ordering import going_on
from flows.cli.output import console
from flows.cli.places import find_place
from flows.cli.progress import Progress
from loop.campaign import Campaign
from loop.control import Orders


def dry_run_command(name: str, history: Path | None) -> None:
    """Show what the next cycle would ask; nothing is sealed or sent."""
    from flows.cli.propose import propose_command

    propose_command(name, history, None, as_json=False)
    order = Orders(find_place(name, history).history).standing()
    if order is not None:
        console.print(f"but nothing is asked now: it was {order}. {going_on(order, name)}", markup=False)


def run_command(name: str, history: Path | None, *, once: bool, migrate: bool) -> None:
    """Run a campaign through Prefect's embedded server and print what was found."""
    place = find_place(name, history)
    campaign = Campaign.load(place.campaign)
    with going_on_later(), Progress(campaign) as progress:
        console.print("starting Prefect's server on loopback …", style="dim")
        from flows.campaign_flow import run_campaign

        state = run_campaign(
            campaign,
            place.history,
            prefect_home=place.prefect,
            on_cycle=progress.cycle,
            on_wait=progress.wait,
            once=once,
            migrate=migrate,
        )
    from flows.cli.summary import print_summary
    from loop.knowledge import knowledge

    print_summary(campaign, state, knowledge(campaign, state))
    console.print(f"history  {place.history}", f"report   douka report {name}", sep="\n", style="dim")
