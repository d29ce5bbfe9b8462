"""What decisions make of the requests that wait for approval: part of the fold, and done again in a replay."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from loop.approval.flaw import flaw
from loop.campaign import Campaign
from loop.records import Decision, Reason, Request, Ruling, Status, StatusChange
from loop.state import State

RULE = "a person"
"""Rule of a request that a person put in the place of another one."""

_START = "start"


@dataclass(frozen=True)
class Rulings:
    """What became of decisions.

    Parameters
    ----------
    decisions
        All of them, those that do not hold with the reason.
    changes
        Requests that were let through or rejected.
    requests
        What is asked for instead of those that were changed.
    state
        What is known, with all that.
    """

    decisions: tuple[Decision, ...]
    changes: tuple[StatusChange, ...]
    requests: tuple[Request, ...]
    state: State


def ruled(campaign: Campaign, state: State, decisions: Iterable[Decision]) -> Rulings:
    """Hold decisions against the campaign, one after the other; of two about one request the first holds.

    Parameters
    ----------
    campaign
        Says where points may lie and what they cost.
    state
        What is known.
    decisions
        In the order in which they were made.
    """
    taken: list[Decision] = []
    changes: list[StatusChange] = []
    made: list[Request] = []
    for decision in decisions:
        decision = replace(decision, refused=flaw(campaign, state, decision))
        taken.append(decision)
        if decision.refused:
            continue
        request = state.requests[decision.request_id]
        status = Status.SEALED if decision.ruling is Ruling.APPROVED else Status.REJECTED
        change = StatusChange(request_id=request.id, status=status, note=str(decision))
        instead = [_instead(campaign, state, request, decision)] if decision.x is not None else []
        state = state.moved([change], instead)
        changes.append(change)
        made += instead
    return Rulings(tuple(taken), tuple(changes), tuple(made), state)


def _instead(campaign: Campaign, state: State, request: Request, decision: Decision) -> Request:
    """The request for the point that a person chose: it needs no approval."""
    x = decision.x or ()
    nan, is_start = float("nan"), request.reason.rule == _START
    text = f"asked for instead of {request.label}, {decision}"
    slot = [each for each in state.requests.values() if each.adapter == request.adapter and each.x == x]
    there = [each for each in slot if each.status is not Status.REJECTED]
    return replace(
        request,
        id=f"{request.id}-changed",
        cycle=state.next_cycle,
        x=x,
        label=campaign.space.label(x),
        cost=float(campaign.costs(request.adapter, np.array([x]))[0]),
        reason=Reason(rule=_START if is_start else RULE, text=text, mean=nan, deviation=nan, acquisition=nan),
        status=Status.SEALED,
        repeats=there[0].id if there else "",
        turn=len(there),
        approval="",
        instead_of=request.id,
    )
