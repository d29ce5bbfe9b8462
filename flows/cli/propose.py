"""``douka propose``: what would be asked next, and why."""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path

from flows.cli.output import console, print_json, print_pairs, print_table
from flows.cli.places import find_place
from flows.cli.throwaway import throwaway_adapters
from flows.going_on import going_on
from loop.campaign import Campaign
from loop.control import Orders
from loop.errors import CompositionError, DataError
from loop.figures.style import shown_unit
from loop.history import History
from loop.objective_table import OutcomeTable
from loop.quantity import plain, plus_minus
from loop.records import Reason, Request, Source
from loop.runnable import require_runnable
from loop.slots import candidates_of
from loop.snapshot import folded
from loop.state import State
from loop.upcoming import Upcoming, upcoming

_COLUMNS = ("id", "what", "source", "predicted", "acquisition", "cost", "rule")


def propose_command(name: str, history: Path | None, why: str | None, *, as_json: bool) -> None:
    """Show what would be asked next; nothing is sealed or sent."""
    place = find_place(name, history)
    campaign = Campaign.load(place.campaign)
    require_runnable(campaign)
    state = _known(place.history)
    order = Orders(place.history).standing()
    with console.status("choosing"):
        found = _found(campaign, state)
    if why is not None:
        _explain(campaign, found, _one(found, why), as_json=as_json)
    elif as_json:
        print_json({**_as_json(campaign, found), "order": order and asdict(order)})
    else:
        _show(campaign, found)
        if order is not None:
            console.print(f"but nothing is asked now: it was {order}. {going_on(order, place.called)}")


def _known(history: Path) -> State:
    if not History.exists(history):
        return State()
    with History.open(history) as kept:
        return folded(kept)


def _found(campaign: Campaign, state: State) -> Upcoming:
    if state.next_cycle > 0:
        return upcoming(campaign, state, state.candidates)
    with throwaway_adapters(campaign) as adapters:
        return upcoming(campaign, state, candidates_of(campaign, adapters))


def _show(campaign: Campaign, found: Upcoming) -> None:
    if found.stopped:
        console.print(f"the campaign is over: {found.stopped}; if it went on, it would ask:")
    rows = [
        (
            each.id, each.label, str(each.source), _predicted(campaign, each), plain(each.reason.acquisition),
            plain(each.cost), each.reason.rule,
        )
        for each in found.requests
    ]  # fmt: skip
    print_table("Would be asked next", _COLUMNS, rows)
    if not rows:
        console.print("nothing would be asked now")
    if found.model != "fitted":
        console.print(f"there is no model yet: {found.model}")
    if found.pending:
        console.print(f"{len(found.pending)} requests are under way and count as done: {_ids(found)}")
    total = sum(each.cost for each in found.requests)
    unit = campaign.table.cost_unit
    console.print(f"cost: {plain(total)} {unit}, with {plain(found.spent)} spent already")
    for why, ids in _held(found).items():
        console.print(f"{', '.join(ids)}: to be approved first ({why})")
    if rows:
        console.print(found.allocation)
        console.print(f"why one of them: --why {found.requests[0].id}")


def _held(found: Upcoming) -> dict[str, list[str]]:
    """The requests that will wait for approval, by the reason."""
    held: dict[str, list[str]] = {}
    for each in found.requests:
        if each.approval:
            held.setdefault(each.approval, []).append(each.id)
    return held


def _one(found: Upcoming, name: str) -> Request:
    request = found.named(name)
    if request is None:
        known = ", ".join(each.id for each in (*found.requests, *found.pending))
        raise DataError(f"--why {name}: no such request would be asked or is under way; there are {known or 'none'}")
    return request


def _explain(campaign: Campaign, found: Upcoming, request: Request, *, as_json: bool) -> None:
    if as_json:
        print_json(_request(campaign, request))
        return
    reason = request.reason
    pairs = [
        ("what", f"{request.label} ({campaign.space.coordinates(request.x)})"),
        ("asked of", f"{request.adapter}, for {request.target} ({request.source})"),
        *_ruled(reason),
        ("predicted", _predicted(campaign, request) or "nothing: there was no model"),
        *_outcome(campaign, reason),
    ]
    if reason.runner_up:
        beaten = plain(reason.runner_up_acquisition)
        pairs.append(("beat", f"{reason.runner_up}: {plain(reason.acquisition)} against {beaten}, in the rule's scale"))
    if request.approval and request in found.requests:
        pairs.append(("approval", f"to be approved first ({request.approval})"))
    pairs += _recipe(campaign, request)
    others = [each.id for each in found.pending if each.id != request.id]
    pairs.append(("under way", f"{', '.join(others) or 'nothing'}; what is under way counts as done"))
    pairs.append(("cost", f"{plain(request.cost)} {campaign.table.cost_unit}"))
    print_pairs(request.id, pairs)


def _ruled(reason: Reason) -> list[tuple[str, str]]:
    """What was ranked and where it came in; what it is expected to teach."""
    text, _, lesson = reason.text.partition("; expected to ")
    return [("rule", f"{reason.rule}: {text}"), *([("teaches", f"expected to {lesson}")] if lesson else [])]


def _outcome(campaign: Campaign, reason: Reason) -> list[tuple[str, str]]:
    """What the point is worth and how likely it satisfies the constraints, where the objective has such."""
    pairs, objective = [], campaign.table.objective
    if math.isfinite(reason.worth):
        worth = f"{plus_minus(reason.worth, reason.worth_deviation)} {shown_unit(campaign.unit)}".strip()
        pairs.append(("worth", f"{worth}, that is {objective.worth}"))
    if math.isfinite(reason.feasible):
        asked = ", ".join(f"{each.target} {_bounds(each)} (p ≥ {each.probability:g})" for each in objective.constraints)
        pairs.append(("feasible", f"with probability {reason.feasible:.3g} at least; asked for {asked}"))
    return pairs


def _bounds(constraint: OutcomeTable) -> str:
    low, high = constraint.at_least, constraint.at_most
    if low is None or high is None:
        return f"≤ {high:g}" if low is None else f"≥ {low:g}"
    return f"from {low:g} to {high:g}"


def _predicted(campaign: Campaign, request: Request) -> str:
    if request.reason.mean != request.reason.mean:
        return ""
    unit = shown_unit(campaign.table.targets[request.target].unit)
    return f"{plus_minus(request.reason.mean, request.reason.deviation)} {unit}"


def _ids(found: Upcoming) -> str:
    return ", ".join(each.id for each in found.pending)


def _recipe(campaign: Campaign, request: Request) -> list[tuple[str, str]]:
    if campaign.synthesis is None or request.source is not Source.EXPERIMENT:
        return []
    try:
        weighed = f"{campaign.synthesis.weigh_out(request.x)}, for {campaign.synthesis.table.batch_mass:g} g"
    except CompositionError as error:
        weighed = str(error)
    said = "; ".join(f"{name}: {value}" for name, value in campaign.synthesis.conditions.items())
    return [("weigh out", weighed), *([("synthesis", said)] if said else [])]


def _request(campaign: Campaign, request: Request) -> dict[str, object]:
    point = campaign.space.written(request.x)
    shown = {**asdict(request), "point": point, "source": str(request.source), "status": str(request.status)}
    if campaign.synthesis is not None and request.source is Source.EXPERIMENT:
        try:
            shown["weigh_out_g"] = dict(campaign.synthesis.weigh_out(request.x).grams)
        except CompositionError as error:
            shown["weigh_out_problem"] = str(error)
        shown["synthesis"] = dict(campaign.synthesis.conditions)
    return shown


def _as_json(campaign: Campaign, found: Upcoming) -> dict[str, object]:
    return {
        "campaign": campaign.name,
        "cost_unit": campaign.table.cost_unit,
        "requests": [_request(campaign, each) for each in found.requests],
        "pending": [each.id for each in found.pending],
        "stopped": found.stopped,
        "spent": found.spent,
        "model": found.model,
        "allocation": found.allocation,
    }
