"""``douka report``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flows.cli.output import console
from flows.cli.pictures import drawable, writing
from flows.cli.places import find_place
from loop.backtest import truth_of
from loop.campaign import Campaign
from loop.errors import DoukaError
from loop.figures import draw_report
from loop.history import History
from loop.knowledge import knowledge
from loop.slots import adapters_of, plugins_of
from loop.state import fold


def report_command(name: str, history: Path | None, out: Path | None) -> None:
    """Draw the figure of a campaign from its history."""
    place = find_place(name, history)
    file = drawable(out or place.history / "report.png")
    with History.open(place.history) as kept:
        campaign = Campaign.parse(kept.header.campaign_text, place.campaign / "campaign.toml")
        state = fold(kept.records())
    with writing(file):
        draw_report(knowledge(campaign, state), campaign.table.title, file, _truth(campaign, place.history))
    console.print(f"{file}")


def _truth(campaign: Campaign, history: Path) -> Mapping[tuple[float, ...], float] | None:
    """Only retrospective campaigns know what there was to find, and only where their tables still are."""
    try:
        return truth_of(campaign, adapters_of(campaign, plugins_of(campaign), history))
    except DoukaError:
        return None
