"""Requests that wait until a person decides, and the decision."""

from __future__ import annotations

from html import escape

from flows.page.sections.fields import field, hidden
from flows.page.sections.requests import predicted
from flows.page.seen import Seen
from flows.people.choosing import allowed
from loop.figures.page.markup import label, pairs, paragraph
from loop.quantity import plain
from loop.records import Request

POINT = "point."
"""Begins the names of the fields that hold a point."""


def approvals_section(seen: Seen, token: str) -> str:
    """Every request that waits for approval; in the newest cycle it can be approved, changed or rejected.

    Parameters
    ----------
    seen
        What is seen.
    token
        That a decision has to carry.
    """
    waiting = seen.state.awaiting_approval
    if not waiting:
        return paragraph("No request waits for approval.")
    items = "".join(_item(seen, request, token) for request in waiting)
    return f'<ul class="aside">{items}</ul>'


def _item(seen: Seen, request: Request, token: str) -> str:
    rows = [
        ("asked of", f"{request.adapter}, for {request.target}"),
        ("where", seen.campaign.space.coordinates(request.x)),
        ("foretold", predicted(seen, request)),
        ("cost", f"{plain(request.cost)} {seen.campaign.table.cost_unit}"),
        ("waits, since", request.approval),
        ("chosen, since", request.reason.text),
    ]
    told = pairs([row for row in rows if row[1]])
    return f"<li><h3>{label(request.label)}</h3>{told}{_decision(seen, request, token)}</li>"


def _decision(seen: Seen, request: Request, token: str) -> str:
    if request.id in seen.pending:
        return paragraph(f"{seen.pending[request.id]}; the next cycle takes that in.")
    if not seen.is_newest:
        return ""
    name = f"why-{escape(request.id)}"
    return (
        f'<form class="verdict" id="decide-{escape(request.id)}" method="post" action="/decision">'
        + hidden(token=token, request=request.id)
        + f'<label for="{name}">Reason</label> <input id="{name}" name="reason">'
        + '<button name="ruling" value="approved">Approve</button> '
        + '<button name="ruling" value="rejected">Reject</button>'
        + _another_point(seen, request)
        + "</form>"
    )


def _another_point(seen: Seen, request: Request) -> str:
    """The point, to be changed within what the campaign allows."""
    pairs = zip(seen.campaign.space.variables, request.x, strict=True)
    fields = "".join(
        field(
            f"{request.id}-{each.name}", POINT + each.name, each.name, each.text(value),
            choices=each.values, hint="" if each.values else allowed(each), kind="decimal",
        )
        for each, value in pairs
    )  # fmt: skip
    return (
        "<details><summary>Ask for another point instead</summary>"
        f"<fieldset><legend>The point to be asked for</legend>{fields}"
        '<button name="ruling" value="changed">Approve this point instead</button></fieldset></details>'
    )
