"""Answers that were handed over are learned from in a cycle, now or by the process that is at it."""

from __future__ import annotations

from flows.cli.output import console
from flows.cli.places import Place
from loop.campaign import Campaign
from loop.errors import DoukaError, HistoryLockedError
from loop.session import Session


def take_in(campaign: Campaign, place: Place, *, quiet: bool = False) -> str:
    """Do one cycle, unless another process is at it.

    Returns
    -------
    str
        What became of it, in words.
    """
    try:
        with Session(campaign, place.history) as session:
            record, order = session.step(), session.order
    except HistoryLockedError:
        word = "another process is running the campaign; it takes the answers in with its next cycle"
    except DoukaError as error:
        word = f"kept; there is no cycle now: {error}"
    else:
        word = "nothing new" if order is None else f"kept until the campaign is resumed; it was {order}"
        if record is not None:
            aside = "".join(f"; put aside: {item.label}: {item.reason}" for item in record.quarantined)
            word = f"cycle {record.number}: learned {len(record.observations)} values{aside}"
    if not quiet:
        console.print(word, markup=False)
    return word
