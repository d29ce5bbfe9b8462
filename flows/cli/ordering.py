"""``douka pause``, ``resume``, ``stop``."""

from __future__ import annotations

import getpass
from dataclasses import asdict
from pathlib import Path

import typer

from flows.cli.output import console, print_json
from flows.cli.places import Place, find_place
from flows.going_on import going_on
from flows.obeying import left_to_do, outcome
from flows.triggers.presence import served_at
from loop.control import Kind, Order, Orders
from loop.control.at_once import PATIENCE_SECONDS, give_up_now
from loop.errors import HistoryError
from loop.facts import now
from loop.history import History
from loop.records import Status, StatusChange

_LATER = {
    Kind.PAUSE: "the cycle at work is sealed; what is under way goes on, its answers are kept",
    Kind.STOP: "douka run and douka serve end after the cycle at work; what is under way goes on, its answers are kept",
    Kind.STOP_NOW: "nothing more is handed out",
}


def order_command(name: str, kind: Kind, reason: str, history: Path | None, *, as_json: bool = False) -> None:
    """Pause or stop a campaign, whoever runs it."""
    place = _known(name, history)
    orders = Orders(place.history)
    order = orders.give(Order(kind=kind, reason=reason.strip(), person=getpass.getuser(), time=now()))
    standing = orders.standing() or order
    if not as_json:
        console.print(f"{place.name} is {standing}", markup=False)
    given_up = _given_up(place, order) if kind is Kind.STOP_NOW else ()
    is_done = orders.is_settled(order)
    if as_json:
        changes = [asdict(each) for each in given_up]
        print_json({"campaign": place.name, "order": asdict(standing), "given_up": changes, "settled": is_done})
    else:
        for change in given_up:
            console.print(f"{change.request_id}: {outcome(change)}", markup=False)
        later = _LATER[standing.kind] if is_done else left_to_do(place.history, place.called)
        console.print(later, going_on(standing, place.called), sep="\n", markup=False)
    if not is_done or any(each.status is Status.UNKNOWN for each in given_up):
        raise typer.Exit(1)


def _given_up(place: Place, order: Order) -> tuple[StatusChange, ...]:
    def is_served() -> bool:
        return bool(served_at(place.history))

    return give_up_now(place.history, order, PATIENCE_SECONDS, folder=place.campaign, is_served=is_served)


def resume_command(name: str, reason: str, history: Path | None, *, as_json: bool = False) -> None:
    """Lift what was ordered."""
    place = _known(name, history)
    orders = Orders(place.history)
    before = orders.standing()
    if before is not None:
        orders.give(Order(kind=Kind.RESUME, reason=reason.strip(), person=getpass.getuser(), time=now()))
    if as_json:
        print_json({"campaign": place.name, "resumed": before and asdict(before)})
    else:
        console.print(*_resumed(place, before), sep="\n", markup=False)


def _resumed(place: Place, before: Order | None) -> list[str]:
    if before is None:
        return [f"{place.name} is neither paused nor stopped; there is nothing to resume"]
    first = f"{place.name} is resumed; it was {before}"
    again = f"douka run {place.called}, or douka serve {place.called}"
    if before.ends:
        return [first, f"to go on: {again}"]
    return [first, f"a process that waits goes on by itself; if there is none: {again}"]


def _known(name: str, history: Path | None) -> Place:
    place = find_place(name, history)
    if not History.exists(place.history):
        raise HistoryError(f"{place.name} has not run yet ({place.history} holds no history): there is nothing to hold")
    return place
