"""Open requests as a table, with the reason of each."""

from __future__ import annotations

import math

from loop.campaign import Campaign
from loop.figures.style import shown_unit
from loop.quantity import plain, plus_minus
from loop.records import Request
from loop.state import State

SHOWN = 100

Row = dict[str, str]


def request_rows(campaign: Campaign, state: State) -> list[Row]:
    """Rows of what is open, the newest first.

    Parameters
    ----------
    campaign, state
        Whose requests.

    Returns
    -------
    list of dict
        At most :data:`SHOWN`, and a row that says how many more there are; one that says so where there are none.
    """
    requests = state.open_requests[::-1]
    rows = [_row(campaign, request) for request in requests[:SHOWN]]
    if len(requests) > SHOWN:
        rows.append(_told(f"and {len(requests) - SHOWN} more"))
    return rows or [_told("nothing is open")]


def _row(campaign: Campaign, request: Request) -> Row:
    unit = shown_unit(campaign.table.targets[request.target].unit)
    reason = request.reason
    known = not math.isnan(reason.mean)
    return {
        "request": request.id,
        "what": request.label,
        # Early, since the page scrolls to the right for the rest.
        "predicted": f"{plus_minus(reason.mean, reason.deviation)} {unit}" if known else "",
        "why": reason.text,
        "of whom": f"{request.adapter} ({request.source.value})",
        f"cost ({campaign.table.cost_unit})": plain(request.cost),
        "status": request.status.value,
    }


def _told(text: str) -> Row:
    return {"request": text}
