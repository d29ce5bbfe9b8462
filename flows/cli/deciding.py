"""``douka approve``, ``douka reject``."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from pathlib import Path

from flows.cli.output import console
from flows.cli.places import Place, find_place
from loop.approval import decide
from loop.approval.standing import Standing, standing_of
from loop.errors import DataError, HistoryError
from loop.history import History
from loop.records import Decision, Request, Ruling


def approve_command(
    name: str, request: str | None, values: Sequence[str], reason: str, by: str, history: Path | None
) -> None:
    """Approve one request, changed or not, or all that wait."""
    place = known(name, history)
    standing = standing_of(place.history)
    asked = [each.request for each in standing.waiting if each.pending is None]
    if request is None and not asked:
        console.print(f"nothing of {place.name} waits for approval", markup=False)
        return
    for each in asked if request is None else [_named(standing, request)]:
        x = _changed(standing, each, values) if values else None
        ruling = Ruling.APPROVED if x is None else Ruling.CHANGED
        decision = Decision(request_id=each.id, ruling=ruling, person=_person(by), reason=reason.strip(), x=x)
        _give(place, standing, each, decision)
    _next(name)


def reject_command(name: str, request: str, reason: str, by: str, history: Path | None) -> None:
    """Reject one request."""
    place = known(name, history)
    standing = standing_of(place.history)
    one = _named(standing, request)
    decision = Decision(request_id=one.id, ruling=Ruling.REJECTED, person=_person(by), reason=reason.strip())
    _give(place, standing, one, decision)
    _next(name)


def known(name: str, history: Path | None) -> Place:
    """Find a campaign that has run.

    Raises
    ------
    HistoryError
        Where it has not: nothing is asked of anybody.
    """
    place = find_place(name, history)
    if not History.exists(place.history):
        raise HistoryError(f"{place.name} has not run yet ({place.history} holds no history): nothing is asked")
    return place


def _give(place: Place, standing: Standing, request: Request, decision: Decision) -> None:
    filed = decide(place.history, decision)
    where = "" if decision.x is None else f" to {standing.campaign.space.label(decision.x)}"
    said = f"{request.id} ({request.label}) is {decision.ruling}{where}, as {filed.decision.person} decided"
    console.print(said, markup=False)


def _next(name: str) -> None:
    console.print(
        f"the next cycle takes that in: douka run {name} or douka serve {name}, if none is at work", markup=False
    )


def _person(by: str) -> str:
    return by.strip() or getpass.getuser()


def _named(standing: Standing, text: str) -> Request:
    """The request of an id, whatever its status; else the one that waits and whose id begins so."""
    if text in standing.state.requests:
        return standing.state.requests[text]
    found = [each.request for each in standing.waiting if each.request.id.startswith(text)]
    if len(found) != 1:
        waiting = ", ".join(each.request.id for each in standing.waiting) or "none"
        raise DataError(f"{len(found)} requests that wait have an id that begins with {text!r}; waiting: {waiting}")
    return found[0]


def _changed(standing: Standing, request: Request, values: Sequence[str]) -> tuple[float, ...]:
    space = standing.campaign.space
    point = space.written(request.x)
    for text in values:
        key, sign, value = (part.strip() for part in text.partition("="))
        if not sign or key not in point:
            raise DataError(f"--set {text}: expected NAME=VALUE, with a name among {', '.join(space.names)}")
        point[key] = value if isinstance(point[key], str) else _number(text, value)
    return space.point(point)


def _number(text: str, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise DataError(f"--set {text}: found {value!r}, expected a number") from None
