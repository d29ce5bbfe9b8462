"""What a campaign would ask next, found without sealing or sending anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from loop.allotting import why_so_many
from loop.campaign import Campaign
from loop.cycle import Cycle
from loop.records import Request, Status
from loop.state import State


@dataclass(frozen=True)
class Upcoming:
    """The next requests, if no answer comes in before.

    Parameters
    ----------
    requests
        With the ids they would have.
    pending
        Requests that are still open: they count as done.
    stopped
        Why the campaign is over; empty while it is not. Then the requests are those it would make if it went on.
    spent
        Before the requests, in the campaign's cost unit.
    model
        ``"fitted"``, or why there is no model, so that requests are drawn at random.
    allocation
        Why so many of each.
    """

    requests: tuple[Request, ...]
    pending: tuple[Request, ...]
    stopped: str
    spent: float
    model: str
    allocation: str

    def named(self, request_id: str) -> Request | None:
        """Find one of them, or one that is open, by its id."""
        return next((each for each in (*self.requests, *self.pending) if each.id == request_id), None)


def upcoming(campaign: Campaign, state: State, candidates: Mapping[str, np.ndarray]) -> Upcoming:
    """Do the next cycle on no news, and keep only what it asks.

    Parameters
    ----------
    campaign
        The campaign.
    state
        What is known.
    candidates
        Points that each slot can be asked for; used where the state has none yet.
    """
    record = Cycle(campaign, candidates)(state, ())
    stopped = str(record.summary["stopped"])
    if stopped:
        record = Cycle(campaign.without_end(), candidates)(state, ())
    return Upcoming(
        requests=tuple(each.with_status(Status.PROPOSED) for each in record.requests),
        pending=tuple(state.after(record).requests[each.id] for each in state.open_requests),
        stopped=stopped,
        spent=state.spent,
        model=str(record.summary["model"]),
        allocation=why_so_many(campaign, state, record.requests),
    )
