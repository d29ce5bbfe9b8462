"""What is wrong with a decision."""

from __future__ import annotations

import numpy as np

from loop.campaign import Campaign
from loop.errors import DataError, LimitError
from loop.records import Decision, Request, Ruling, Status
from loop.refining import ANYWHERE
from loop.state import State
from loop.vacancies import money_left


def flaw(campaign: Campaign, state: State, decision: Decision) -> str:
    """Say why a decision does not hold; empty where it does.

    Parameters
    ----------
    campaign
        Says where points may lie and what they cost.
    state
        What is known.
    decision
        About one of its requests, or not.
    """
    request = state.requests.get(decision.request_id)
    if request is None:
        waiting = ", ".join(each.id for each in state.awaiting_approval)
        return f"there is no request {decision.request_id!r}; waiting for approval: {waiting or 'none'}"
    if request.status is not Status.AWAITING_APPROVAL:
        return f"{request.id} does not wait for approval: it is {_standing(request)}"
    if (decision.x is not None) != (decision.ruling is Ruling.CHANGED):
        return f"{decision.ruling} {'with' if decision.x is not None else 'without'} another point"
    if decision.ruling is Ruling.APPROVED:
        return _forbidden(campaign, request)
    return "" if decision.x is None else _misplaced(campaign, state, request, decision.x)


def _forbidden(campaign: Campaign, request: Request) -> str:
    """Whether ``[limits]``, which may have been tightened since it was chosen, still allow it."""
    try:
        campaign.limits.check(request.x, request.cost, request.id)
    except LimitError as error:
        return str(error)
    return ""


def _standing(request: Request) -> str:
    return "approved already, and under way" if request.status is Status.SEALED else request.status.value


def _misplaced(campaign: Campaign, state: State, request: Request, x: tuple[float, ...]) -> str:
    """Why a slot cannot be asked for a point instead."""
    try:
        campaign.reach(request.adapter).check(x)
        cost = float(campaign.costs(request.adapter, np.array([x]))[0])
        campaign.limits.check(x, cost, f"what is asked for instead of {request.id}")
    except (DataError, LimitError) as error:
        return str(error)
    if x == request.x:
        return f"{campaign.space.label(x)} is the point asked for: approve it"
    if not _has(state, request.adapter, x):
        return f"{request.adapter} cannot be asked for {campaign.space.label(x)}: its pool has no such point"
    others = [each for each in state.open_requests if each.target == request.target and each.x == x]
    if others:
        return f"{campaign.space.label(x)} is asked for already, by {others[0].id}"
    left = money_left(campaign, state, ()) + request.cost
    if cost > left + 1e-9:
        return f"it costs {cost:g} {campaign.table.cost_unit}, and {left:g} are left to spend"
    return ""


def _has(state: State, slot: str, x: tuple[float, ...]) -> bool:
    """Whether an adapter that lists its points has this one."""
    points = state.candidates.get(slot)
    if points is None or slot + ANYWHERE in state.candidates:
        return True
    return tuple(x) in set(map(tuple, points.tolist()))
