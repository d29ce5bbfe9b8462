"""``douka report``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flows.cli.output import console
from flows.cli.pictures import drawable, writing
from flows.cli.places import Place, find_place
from loop.backtest import truth_of
from loop.campaign import Campaign
from loop.errors import DoukaError
from loop.figures import draw_report
from loop.figures.page import Account, report_page
from loop.history import History
from loop.knowledge import knowledge
from loop.slots import adapters_of, plugins_of
from loop.state import fold

_PAGE = ".html"


def report_command(name: str, history: Path | None, out: Path | None) -> None:
    """Write the report of a campaign from its history, or its figure alone."""
    place = find_place(name, history)
    file = drawable(out or place.history / f"report{_PAGE}", formats=(_PAGE,))
    account = _account(name, place)
    with writing(file):
        if file.suffix == _PAGE:
            file.write_text(report_page(account), encoding="utf-8")
        else:
            draw_report(account.knowledge, account.campaign.table.title, file, account.truth)
    console.print(f"{file}", markup=False)


def _account(name: str, place: Place) -> Account:
    with History.open(place.history) as kept:
        campaign = Campaign.parse(kept.header.campaign_text, place.campaign / "campaign.toml")
        records = list(kept.records())
        digest = kept.digest()
    state = fold(records)
    return Account(
        campaign=campaign,
        state=state,
        knowledge=knowledge(campaign, state),
        truth=_truth(campaign, place.history),
        called=name,
        place=str(place.history),
        digest=digest,
        facts=records[-1].facts if records else {},
    )


def _truth(campaign: Campaign, history: Path) -> Mapping[tuple[float, ...], float] | None:
    """Only retrospective campaigns know what there was to find, and only where their tables still are."""
    try:
        return truth_of(campaign, adapters_of(campaign, plugins_of(campaign), history))
    except DoukaError:
        return None
