"""Requests that people answer, and what they measured."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from html import escape

from adapters.worksheets import heading as h
from flows.page.sections.fields import field, hidden
from flows.page.seen import Seen
from flows.people.columns import Column, columns_asked
from flows.people.question import asked_of_people, recipe
from loop.figures.page.markup import label, pairs, paragraph
from loop.records import Request

_FIRST = (h.VALUE, h.UNIT, h.UNCERTAINTY, h.BY, h.ON, h.NOTE)
"""What is nearly always filled in; the rest is folded away."""

_NUMBERS = (h.VALUE, h.UNCERTAINTY, h.SHARES_ERROR, h.PHASE)


def entering_section(seen: Seen, token: str) -> str:
    """Every request that people were handed; in the newest cycle it can be answered.

    Parameters
    ----------
    seen
        What is seen.
    token
        That an answer has to carry.
    """
    asked = asked_of_people(seen.campaign, seen.state)
    if not asked:
        return paragraph("No request waits for a person who measures.")
    items = "".join(_item(seen, request, token) for request in asked)
    return f'<ul class="asked">{items}</ul>'


def _item(seen: Seen, request: Request, token: str) -> str:
    rows = [
        ("asked of", f"{request.adapter}, for {request.target}"),
        ("where", seen.campaign.space.coordinates(request.x)),
        *recipe(seen.campaign, request).items(),
        ("asked for, since", request.reason.text),
        ("request", request.id),
    ]
    told = pairs([row for row in rows if row[1]])
    return f"<li><h3>{label(request.label)}</h3>{told}{_answer(seen, request, token)}</li>"


def _answer(seen: Seen, request: Request, token: str) -> str:
    if request.id in seen.pending:
        return paragraph(f"{seen.pending[request.id]}; the next cycle takes that in.")
    if not seen.is_newest:
        return ""
    columns = columns_asked(seen.campaign, request)
    first = [each for name in _FIRST for each in columns if each.title == name]
    rest = [each for each in columns if each.title not in _FIRST]
    return (
        f'<form class="verdict" id="enter-{escape(request.id)}" method="post" action="/value">'
        + hidden(token=token, request=request.id)
        + f"<fieldset><legend>What was measured</legend>{_fields(request, first)}</fieldset>"
        + "<details><summary>Sample, composition, or why it failed</summary>"
        + f"<fieldset><legend>Where it is known</legend>{_fields(request, rest)}</fieldset></details>"
        + "<button>Hand in</button></form>"
    )


def _fields(request: Request, columns: Sequence[Column]) -> str:
    return "".join(
        field(
            f"{request.id}-{each.title.replace(' ', '-')}", each.title, each.title,
            getpass.getuser() if each.title == h.BY else each.default,
            choices=each.choices, hint=each.hint, kind="decimal" if _is_number(each) else "",
        )
        for each in columns
    )  # fmt: skip


def _is_number(column: Column) -> bool:
    return column.title in _NUMBERS or column.title.endswith("(at.%)")
