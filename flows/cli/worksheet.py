"""``douka worksheet``: what is asked of people, and what they bring back."""

from __future__ import annotations

from pathlib import Path

import typer

from adapters.instruments.worksheet import Worksheet
from adapters.worksheets import sheet_of
from flows.cli.output import console, print_json, print_table
from flows.cli.places import Place, find_place
from flows.cli.takein import take_in
from loop.campaign import Campaign
from loop.errors import CampaignError, DataError
from loop.history import History
from loop.records import Request
from loop.slots import context_of
from loop.snapshot import folded
from loop.state import State

ADAPTER = "worksheet"


def worksheet_command(
    name: str, history: Path | None, out: Path | None, take: Path | None, separator: str, *, as_json: bool = False
) -> None:
    """Write a worksheet of the open requests, or take in a filled one."""
    place = find_place(name, history)
    campaign = Campaign.load(place.campaign)
    slots = slots_of(campaign)
    asked = [request for request in open_requests(place) if request.adapter in slots]
    if take is not None:
        _take(campaign, place, asked, take, slots, as_json=as_json)
    else:
        _write(campaign, place, asked, out or Path(f"{place.name}-worksheet.csv"), separator, as_json=as_json)


def slots_of(campaign: Campaign) -> list[str]:
    """Names of the slots that people answer.

    Raises
    ------
    CampaignError
        Where there is none.
    """
    found = [slot.table.name for slot in campaign.slots if slot.table.adapter == ADAPTER]
    if not found:
        raise CampaignError(
            f"{campaign.folder / 'campaign.toml'}: no slot has adapter = {ADAPTER!r}, so nothing is asked of people"
        )
    return found


def open_requests(place: Place) -> list[Request]:
    """What is asked, approved and not answered; nothing where the campaign has not run."""
    return known(place).under_way


def known(place: Place) -> State:
    """What a campaign knows; nothing where it has not run."""
    if not History.exists(place.history):
        return State()
    with History.open(place.history) as kept:
        return folded(kept)


def _write(campaign: Campaign, place: Place, asked: list[Request], out: Path, separator: str, *, as_json: bool) -> None:
    if not asked:
        raise DataError(f"{place.name} asks nothing of people now; {_what_then(place, slots_of(campaign))}")
    if separator not in {",", ";", "\t"}:
        raise DataError(f"--separator {separator!r}: expected , or ; or a tab")
    try:
        out.write_bytes(sheet_of(asked, campaign, separator))
    except OSError as error:
        raise DataError(f"{out}: cannot be written ({error.strerror}); choose another file with --out") from error
    if as_json:
        print_json({"file": str(out), "requests": [request.id for request in asked]})
        return
    console.print(f"{out}: {len(asked)} requests; fill in and bring back: douka worksheet {place.called} --take FILE")


def _what_then(place: Place, slots: list[str]) -> str:
    """What a person does who wants to be asked."""
    if History.exists(place.history):
        with History.open(place.history) as kept:
            held = [each for each in folded(kept).awaiting_approval if each.adapter in slots]
        if held:
            return f"requests that wait for approval: {len(held)}, see douka approvals {place.called}"
    return f"douka run {place.called} --once makes the next requests"


def _take(
    campaign: Campaign, place: Place, asked: list[Request], file: Path, slots: list[str], *, as_json: bool
) -> None:
    verdicts: dict[str, str] = {}
    for slot in slots:
        adapter = Worksheet(context_of(campaign, slot, place.history))
        for request in asked:
            if request.adapter == slot:
                adapter.submit(request)
        found = adapter.take(file)
        mine = {request.id for request in asked if request.adapter == slot}
        verdicts |= {name: word for name, word in found.items() if name in mine or name not in verdicts}
    if not as_json:
        print_table("Taken from the worksheet", ("request", "verdict"), [*verdicts.items()])
    if not verdicts and not as_json:
        console.print("no row is filled in")
    admitted = take_in(campaign, place, quiet=as_json) if "taken" in verdicts.values() else ""
    if as_json:
        print_json({"file": str(file), "verdicts": verdicts, "admitted": admitted})
    if any(word != "taken" for word in verdicts.values()):
        raise typer.Exit(1)
