"""``douka report``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flows.cli.moments import moment_of
from flows.cli.output import console, print_json
from flows.cli.pictures import drawable, writing
from flows.cli.places import find_place
from loop.backtest import truth_of
from loop.campaign import Campaign
from loop.errors import DoukaError
from loop.figures import draw_report
from loop.figures.page import Account, report_page
from loop.figures.page.plain import plain_account
from loop.knowledge import knowledge
from loop.slots import adapters_of, plugins_of

_PAGE = ".html"


def report_command(name: str, history: Path | None, out: Path | None, cycle: int | None, *, as_json: bool) -> None:
    """Write the report of a campaign from its history, or its figure alone."""
    place = find_place(name, history)
    file = drawable(out or place.history / f"report{_PAGE}", formats=(_PAGE,))
    moment = moment_of(place, cycle)
    account = Account(
        moment=moment,
        knowledge=knowledge(moment.campaign, moment.state),
        truth=_truth(moment.campaign, place.history),
        called=place.called,
        place=str(place.history),
    )
    with writing(file):
        if file.suffix == _PAGE:
            file.write_text(report_page(account), encoding="utf-8")
        else:
            draw_report(account.knowledge, account.campaign.table.title, file, account.truth)
    if as_json:
        print_json({"file": str(file), **plain_account(account)})
    else:
        console.print(f"{file}")


def _truth(campaign: Campaign, history: Path) -> Mapping[tuple[float, ...], float] | None:
    """Only retrospective campaigns know what there was to find, and only where their tables still are."""
    try:
        return truth_of(campaign, adapters_of(campaign, plugins_of(campaign), history))
    except DoukaError:
        return None
