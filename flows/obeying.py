"""What ``stop --now`` asks for, done by whoever is there to do it."""

from __future__ import annotations

from pathlib import Path

from flows.callbacks import Say
from flows.called import called_of
from loop.control import Orders
from loop.control.at_once import give_up_now
from loop.errors import HistoryLockedError
from loop.history.lock import WriterLock
from loop.records import Status, StatusChange


def obey_at_once(campaign: Path, history: Path, say: Say) -> None:
    """Carry out the order that stands, if it is to stop at once and whoever gave it could not, or has not yet.

    Parameters
    ----------
    campaign
        Its folder.
    history
        Folder of its history.
    say
        Called with what became of each request, and with what is left to do.
    """
    orders = Orders(history)
    order = orders.standing()
    if order is None or orders.is_settled(order):
        return
    for change in give_up_now(history, order, folder=campaign):
        say(f"{change.request_id}: {outcome(change)}")
    if not orders.is_settled(order):
        say(left_to_do(history, called_of(campaign, history)))


def outcome(change: StatusChange) -> str:
    """What became of a request that was given up."""
    return change.status.value if change.status is not Status.UNKNOWN else f"NOT CANCELLED, look at it: {change.note}"


def left_to_do(history: Path, name: str) -> str:
    """Say who seals what a campaign that was stopped at once gave up, where that has not been done.

    Parameters
    ----------
    history
        Folder of its history.
    name
        What the person calls the campaign.
    """
    first = "the order stands and the adapters are told, but the history does not say so yet: "
    again = f"douka stop {name} --now"
    try:
        WriterLock(history).release()
    except HistoryLockedError as error:
        return (
            f"{first}{error.holder} is at work there. As soon as its step allows, it cancels what it has handed out "
            f"meanwhile and says so; until then douka status {name} shows the requests as open. If it does not, end it "
            f"and give the order again: {again}"
        )
    return f"{first}nobody writes it now. Give the order again: {again}"
