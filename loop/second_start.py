"""Calculated magnetizations that look like another solution: put aside, and asked for once more from another start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from loop.campaign import Campaign, Slot
from loop.errors import DataError
from loop.magnetism.sanity import SAME_VALUE, Calculated, suspicion
from loop.magnetism.units import UNITS
from loop.policy import Proposal
from loop.records import Quarantined, Reason, Result, Source, Status
from loop.repeating import Repeat
from loop.state import State

RULE = "second start"
"""Rule of a request that repeats a doubtful calculation; adapters that calculate start it from other moments."""

DOUBT = "magnetic sanity: "
"""Beginning of the reason with which such a value is put aside."""

REMEDY = "Calculate it from other initial moments (asked for once by itself), or accept it: douka quarantine."


def doubts(campaign: Campaign, state: State, arrived: Sequence[Result]) -> dict[str, str]:
    """Find the calculated magnetizations that are suspicious, each held against all others.

    Parameters
    ----------
    campaign
        Says which targets are calculated magnetizations, and whether to look (``[admit] magnetism``).
    state
        What is known.
    arrived
        New values that are usable; their order does not matter.

    Returns
    -------
    dict
        Provenance key → reason. A value that a second start gave again is believed.
    """
    if not campaign.table.admit.magnetism:
        return {}
    found: dict[str, str] = {}
    for name in _magnetizations(campaign):
        new = {item.provenance.key: item for item in arrived if item.target == name}
        known = [(item.x, item.value) for item in state.values_of(name)]
        for key, item in new.items():
            rest = sorted([*known, *((other.x, other.value) for other in new.values() if other is not item)])
            others = Calculated(
                points=np.array([x for x, _ in rest]), values=np.array([value for _, value in rest]), unit=item.unit
            )
            reason = suspicion(np.array(item.x), item.value, others)
            if reason is not None and not _confirmed(state, item):
                found[key] = DOUBT + reason
    return found


def second_starts(campaign: Campaign, state: State, slot: Slot) -> list[Repeat]:
    """Propose every doubtful point of a slot that was not asked for again yet."""
    if not campaign.table.admit.magnetism or not slot.table.asks:
        return []
    target = slot.table.target
    settled = {request.x for request in state.requests.values() if request.reason.rule == RULE}
    settled |= {observation.x for observation in state.values_of(target)} - _twofold(state.quarantine)
    points = {item.x: item for item in state.quarantine if item.target == target and _is_doubtful(item)}
    return [
        _repeat(state, _proposal(campaign, slot, x, item.reason))
        for x, item in points.items()
        if x is not None and x not in settled and _may_be_asked(campaign, slot, x)
    ]


def _magnetizations(campaign: Campaign) -> list[str]:
    targets = campaign.table.targets.items()
    return [name for name, table in targets if table.source is Source.CALCULATION and table.unit in UNITS]


def _is_doubtful(item: Quarantined) -> bool:
    return item.x is not None and item.reason.startswith(DOUBT)


def _twofold(quarantine: Iterable[Quarantined]) -> set[tuple[float, ...]]:
    """Points at which a value was admitted and another one doubted."""
    return {item.x for item in quarantine if item.x is not None and item.reason.startswith(DOUBT + "two solutions")}


def _confirmed(state: State, item: Result) -> bool:
    """Whether a second start gave again what was put aside, and nothing else is known at the point."""
    request = state.requests.get(item.request_id or "")
    if request is None or request.reason.rule != RULE:
        return False
    if any(other.x == item.x for other in state.values_of(item.target)):
        return False
    before = [one.value for one in state.quarantine if _is_doubtful(one) and one.x == item.x]
    largest = max((abs(one.value) for one in state.values_of(item.target)), default=0.0)
    return any(abs(value - item.value) <= SAME_VALUE * max(abs(value), 0.2 * largest) for value in before)


def _may_be_asked(campaign: Campaign, slot: Slot, x: tuple[float, ...]) -> bool:
    try:
        campaign.reach(slot.table.name).check(x)
    except DataError:
        return False
    return bool(campaign.limits.allowed(np.array([x]), campaign.costs(slot.table.name, np.array([x])))[0])


def _repeat(state: State, proposal: Proposal) -> Repeat:
    made = [one for one in state.requests.values() if one.status is not Status.REJECTED]
    there = [one.id for one in made if (one.target, one.x) == (proposal.target, proposal.x)]
    return Repeat(proposal, there[0] if there else "", len(there))


def _proposal(campaign: Campaign, slot: Slot, x: tuple[float, ...], reason: str) -> Proposal:
    nan = float("nan")
    text = f"{campaign.space.label(x)} once more, from other initial moments: {reason.removeprefix(DOUBT)}"
    return Proposal(
        x=x,
        source=slot.source,
        target=slot.table.target,
        reason=Reason(rule=RULE, text=text, mean=nan, deviation=nan, acquisition=nan),
        cost=float(campaign.costs(slot.table.name, np.array([x]))[0]),
        index=-1,
    )
