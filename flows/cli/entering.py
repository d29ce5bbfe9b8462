"""``douka enter``: a value that a person measured, checked like a row of a worksheet."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from pathlib import Path

from adapters.worksheets import heading as h
from flows.cli.output import console, print_json
from flows.cli.places import Place, find_place
from flows.cli.takein import take_in
from flows.cli.worksheet import known, slots_of
from flows.people.taking import take_value
from loop.campaign import Campaign
from loop.errors import DataError
from loop.quantity import plain
from loop.records import Request
from loop.state import State


def enter_command(
    name: str,
    request_id: str,
    fields: Mapping[str, str],
    shares: Sequence[str],
    history: Path | None,
    *,
    as_json: bool = False,
) -> None:
    """Take in what a person measured, or that it failed; then do a cycle, unless somebody is at it."""
    place = find_place(name, history)
    campaign = Campaign.load(place.campaign)
    request = _named(place, campaign, request_id)
    texts = {h.BY: getpass.getuser(), **{key: text for key, text in fields.items() if text}, **_shares(shares)}
    said = take_value(campaign, place.history, request, texts)
    if not as_json:
        console.print(said, markup=False)
    admitted = take_in(campaign, place, quiet=as_json)
    if as_json:
        print_json({"request": request.id, "label": request.label, "admitted": admitted})


def _named(place: Place, campaign: Campaign, text: str) -> Request:
    """The open request that is meant, or one that has ended and of which no value is learned from."""
    state, slots = known(place), slots_of(campaign)
    asked = [request for request in state.under_way if request.adapter in slots]
    ended = [each for each in state.requests.values() if each.adapter in slots and not each.status.is_open]
    found = _beginning(asked, text) or _beginning(ended, text)
    if len(found) != 1:
        there = ", ".join(each.id for each in asked) or "none"
        raise DataError(f"{text}: {len(found)} requests to people begin so; waiting for people: {there}")
    _require_unlearned(place, state, found[0])
    return found[0]


def _beginning(requests: Sequence[Request], text: str) -> list[Request]:
    return [each for each in requests if each.id == text] or [each for each in requests if each.id.startswith(text)]


def _require_unlearned(place: Place, state: State, request: Request) -> None:
    for item in state.observations:
        if item.request_id == request.id:
            raise DataError(
                f"{request.id} ({request.label}) was answered, {plain(item.value)}, and that is learned from. If it is "
                f"wrong: douka retract {place.called} {item.id[:8]} --reason WHY, then enter the right value "
                "in this way"
            )


def _shares(texts: Sequence[str]) -> dict[str, str]:
    """Measured shares by their columns, of ``Fe=81.5``."""
    found: dict[str, str] = {}
    for text in texts:
        element, sign, value = (part.strip() for part in text.partition("="))
        if not sign or not element or not value:
            raise DataError(f"--share {text}: expected ELEMENT=PERCENT, such as Fe=81.5")
        found[h.share_of(element)] = value
    return found
