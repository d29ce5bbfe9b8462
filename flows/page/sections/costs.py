"""What was spent, of whom."""

from __future__ import annotations

from flows.page.figures.costs import spent
from flows.page.sections.plot import plot
from flows.page.seen import Seen
from loop.figures.data import spend
from loop.figures.page.asked import REQUEST_COLUMNS, slot_row
from loop.figures.page.markup import table
from loop.quantity import plain


def costs_section(seen: Seen) -> str:
    """The cost of all that was asked, by slot."""
    unit = seen.campaign.table.cost_unit
    limit = seen.campaign.table.stop.cost
    of = f" of {plain(limit)}" if limit is not None else ""
    requests = tuple(seen.state.requests.values())
    rows = [slot_row(slot, requests) for slot in seen.campaign.slots]
    caption = f"{plain(seen.state.spent)}{of} {unit} spent. A request counts from when it is asked."
    figure = plot("costs", spent(spend(seen.moment), seen.count - 1), caption)
    return figure + table("Requests", (*REQUEST_COLUMNS, f"each ({unit})"), rows)
