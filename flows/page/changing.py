"""What a person changes in the page: verdicts, decisions, values. Each goes the way of its command."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from flows.page.sections.approvals import POINT
from flows.page.seen import Seen
from flows.page.viewer import Viewer
from flows.people.choosing import chosen_point
from flows.people.question import asked_of_people
from flows.people.taking import take_value
from loop.approval import decide
from loop.campaign import Campaign
from loop.errors import DataError
from loop.judging import judge, outcome
from loop.records import Decision, Request, Ruling
from loop.verdicts import Verdict

Form = Mapping[str, str]
Kind = TypeVar("Kind", bound=StrEnum)


def judged(viewer: Viewer, form: Form) -> str:
    """Take in a verdict on a value that was put aside, as ``douka quarantine`` does; what became of it, in words.

    Parameters
    ----------
    viewer
        The history behind the page.
    form
        Filled: ``item``, ``verdict``, ``reason``.

    Raises
    ------
    DataError
        Where it cannot hold.
    """
    verdict = _one_of(Verdict, form.get("verdict", ""))
    path, item, reason = viewer.path, form.get("item", ""), form.get("reason", "")
    return outcome(verdict, judge(path, verdict, item, reason, getpass.getuser()))


def decided(viewer: Viewer, form: Form) -> str:
    """Take in a decision about a request that waits for approval, as ``douka approve`` and ``douka reject`` do.

    Parameters
    ----------
    viewer
        The history behind the page.
    form
        Filled: ``request``, ``ruling``, ``reason``, and the point, a field a variable.

    Raises
    ------
    DataError
        Where it cannot hold; where it approves, and another point is filled in.
    """
    ruling, name = _one_of(Ruling, form.get("ruling", "")), form.get("request", "")
    seen = _newest(viewer)
    request = seen.state.requests.get(name)
    x = None if request is None else _point(seen, request, form, ruling)
    decision = Decision(request_id=name, ruling=ruling, person=getpass.getuser(), reason=_reason(form), x=x)
    return f"{decide(viewer.path, decision)}; the next cycle takes that in"


def entered(viewer: Viewer, form: Form) -> str:
    """Take in what a person measured, as ``douka enter`` does; the next cycle learns from it, once.

    Parameters
    ----------
    viewer
        The history behind the page.
    form
        Filled: ``request``, and texts by column of a worksheet.

    Raises
    ------
    DataError
        Where it is not complete or not plausible, or the request was answered before.
    """
    name, seen = form.get("request", ""), _newest(viewer)
    asked = {each.id: each for each in asked_of_people(seen.campaign, seen.state)}
    if name not in asked:
        raise DataError(_not_asked(seen.state.requests.get(name), name, asked))
    said = take_value(Campaign.load(viewer.folder), viewer.path, asked[name], form)
    return f"{said}; the next cycle takes that in"


def _point(seen: Seen, request: Request, form: Form, ruling: Ruling) -> tuple[float, ...] | None:
    texts = {key.removeprefix(POINT): text for key, text in form.items() if key.startswith(POINT)}
    if ruling is Ruling.CHANGED:
        return chosen_point(seen.campaign.space, request.x, texts)
    pairs = zip(seen.campaign.space.variables, request.x, strict=True)
    asked = {each.name: each.text(value) for each, value in pairs}
    other = [name for name, text in texts.items() if text.strip() != asked.get(name)]
    if ruling is Ruling.APPROVED and other:
        raise DataError(
            f"{other[0]} = {texts[other[0]].strip()} is filled in, and {other[0]} = {asked.get(other[0], 'nothing')} "
            "was to be approved: approve the other point instead, or put this one back"
        )
    return None


def _newest(viewer: Viewer) -> Seen:
    seen = viewer.see(None)
    if seen is None:
        raise DataError("there is no cycle yet: nothing is asked")
    if seen.count < seen.sealed_count:
        raise DataError(f"{seen.count} of {seen.sealed_count} cycles are read so far: try again in a moment")
    return seen


def _not_asked(request: Request | None, name: str, asked: Mapping[str, Request]) -> str:
    if request is None:
        return f"there is no request {name!r}; waiting for people: {', '.join(asked) or 'none'}"
    if request.status.is_open:
        return f"{request.id} ({request.label}) is not asked of people: it is {request.status}, of {request.adapter}"
    return f"{request.id} ({request.label}) was already entered: it is {request.status}"


def _reason(form: Form) -> str:
    return form.get("reason", "").strip()


def _one_of(kind: type[Kind], word: str) -> Kind:
    try:
        return kind(word)
    except ValueError:
        raise DataError(f"found {word!r}, expected one of {', '.join(kind)}") from None
