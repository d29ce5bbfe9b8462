"""``douka approve``, ``douka reject``."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from flows.cli.output import console, print_json
from flows.cli.places import Place, find_place
from flows.people.choosing import chosen_point
from loop.approval import decide
from loop.approval.standing import Standing, standing_of
from loop.errors import DataError, HistoryError
from loop.history import History
from loop.records import Decision, Request, Ruling


def approve_command(
    name: str,
    request: str | None,
    values: Sequence[str],
    reason: str,
    by: str,
    history: Path | None,
    *,
    as_json: bool = False,
) -> None:
    """Approve one request, changed or not, or all that wait."""
    place = known(name, history)
    standing = standing_of(place.history)
    asked = [each.request for each in standing.waiting if each.pending is None]
    if request is None and not asked and not as_json:
        console.print(f"nothing of {place.name} waits for approval")
        return
    given: list[Decision] = []
    for each in asked if request is None else [_named(standing, request)]:
        x = _changed(standing, each, values) if values else None
        ruling = Ruling.APPROVED if x is None else Ruling.CHANGED
        decision = Decision(request_id=each.id, ruling=ruling, person=_person(by), reason=reason.strip(), x=x)
        given.append(decide(place.history, decision).decision)
    _say(place, standing, given, as_json=as_json)


def reject_command(
    name: str, request: str, reason: str, by: str, history: Path | None, *, as_json: bool = False
) -> None:
    """Reject one request."""
    place = known(name, history)
    standing = standing_of(place.history)
    one = _named(standing, request)
    decision = Decision(request_id=one.id, ruling=Ruling.REJECTED, person=_person(by), reason=reason.strip())
    _say(place, standing, [decide(place.history, decision).decision], as_json=as_json)


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


def _say(place: Place, standing: Standing, given: Sequence[Decision], *, as_json: bool) -> None:
    if as_json:
        print_json([asdict(each) for each in given])
        return
    for each in given:
        where = "" if each.x is None else f" to {standing.campaign.space.label(each.x)}"
        label = standing.state.requests[each.request_id].label
        said = f"{each.request_id} ({label}) is {each.ruling}{where}, as {each.person} decided"
        console.print(said)
    console.print(
        f"the next cycle takes that in: douka run {place.called} or douka serve {place.called}, if none is at work"
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
    space, texts = standing.campaign.space, dict[str, str]()
    for text in values:
        key, sign, value = (part.strip() for part in text.partition("="))
        if not sign or key not in space.names:
            raise DataError(f"--set {text}: expected NAME=VALUE, with a name among {', '.join(space.names)}")
        texts[key] = value
    return chosen_point(space, request.x, texts)
