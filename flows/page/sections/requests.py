"""What is asked for, of whom, and why."""

from __future__ import annotations

from flows.page.seen import Seen
from loop.figures.page.markup import paragraph, table
from loop.figures.style import shown_unit
from loop.quantity import plain, plus_minus
from loop.records import Request, Source

_SHOWN = 12
_COLUMNS = ("what", "kind", "of whom", "predicted", "cost", "status", "asked", "why")


def requests_section(seen: Seen) -> str:
    """Requests that wait for an answer, experiments first."""
    waiting = seen.state.open_requests
    if not waiting:
        stopped = f" The campaign is over: {seen.state.stopped}." if seen.state.stopped else ""
        return paragraph(f"Nothing is waited for after this cycle.{stopped}")
    order = sorted(waiting, key=lambda each: each.source is not Source.EXPERIMENT)
    shown = table("Waiting for an answer", _COLUMNS, [_row(seen, each) for each in order[:_SHOWN]])
    rest = order[_SHOWN:]
    if not rest:
        return shown
    more = table("The others", _COLUMNS, [_row(seen, each) for each in rest])
    return f"{shown}<details><summary>and {len(rest)} more</summary>{more}</details>"


def _row(seen: Seen, request: Request) -> tuple[str, ...]:
    return (
        request.label,
        request.source.value,
        request.adapter,
        predicted(seen, request),
        f"{plain(request.cost)} {seen.campaign.table.cost_unit}",
        request.status.value,
        f"cycle {request.cycle}, {seen.sealed(request.cycle)}",
        request.reason.text,
    )


def predicted(seen: Seen, request: Request) -> str:
    """What was foretold of a request, with its unit; empty before there was a model."""
    if request.reason.mean != request.reason.mean:
        return ""
    unit = shown_unit(seen.campaign.table.targets[request.target].unit)
    return f"{plus_minus(request.reason.mean, request.reason.deviation)} {unit}"
