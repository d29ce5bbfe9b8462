"""Why open requests wait, as far as it can be told without handing anything out or taking anything in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from flows.cli.places import Place
from flows.cli.worksheet import ADAPTER, open_requests
from loop.campaign import Campaign
from loop.records import Status
from loop.retry import Trouble
from loop.slots import context_of


def why_waiting(
    campaign: Campaign, place: Place, rows: Iterable[Mapping[str, Any]], troubles: Collection[Trouble] = ()
) -> dict[str, str]:
    """Say why requests wait: for approval, since their adapter is in trouble, or what people filled in not complete.

    Parameters
    ----------
    campaign, place
        The campaign.
    rows
        Its open requests, as an overview gives them.
    troubles
        Of its adapters.

    Returns
    -------
    dict
        Words by request; requests of other adapters are left out, since only these tell.
    """
    rows = list(rows)
    waits = [str(row["id"]) for row in rows if row["status"] == Status.AWAITING_APPROVAL]
    words = dict.fromkeys(waits, f"waits for approval: douka approvals {place.called}")
    for row in rows:
        words |= {str(row["id"]): each.brief for each in troubles if _is_held_up(row, each)}
    people = {slot.table.name for slot in campaign.slots if slot.table.adapter == ADAPTER}
    if any(row["adapter"] in people for row in rows if str(row["id"]) not in words):
        words |= _of_people(campaign, place, people)
    return words


def _is_held_up(row: Mapping[str, Any], trouble: Trouble) -> bool:
    """Whether a request waits for the end of a trouble; what waits for approval does not yet."""
    is_meant = trouble.request in {"", str(row["id"])} and str(row["adapter"]) == trouble.slot
    return is_meant and Status(row["status"]).is_sent


def _of_people(campaign: Campaign, place: Place, slots: Iterable[str]) -> dict[str, str]:
    from adapters.instruments.worksheet import Worksheet

    asked, words = open_requests(place), dict[str, str]()
    for slot in slots:
        adapter = Worksheet(context_of(campaign, slot, place.history))
        for request in asked:
            if request.adapter == slot:
                adapter.submit(request)
        words |= adapter.look()
    return words
