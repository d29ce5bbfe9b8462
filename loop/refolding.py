"""Records that change what was learned before, a retraction or a migration: statistics are made anew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from threadpoolctl import threadpool_limits

from loop.campaign import Campaign
from loop.errors import CampaignError, DataError
from loop.model import statistics_of
from loop.records import CycleRecord, Observation, Quarantined, Request, Status, StatusChange
from loop.state import CANDIDATES, MIGRATION, REFOLD, RETRACTION, STATISTICS, State


def retraction(campaign: Campaign, state: State, observation_id: str, reason: str) -> CycleRecord:
    """Take an observation back.

    Parameters
    ----------
    campaign
        As it stands.
    state
        What is known.
    observation_id
        Its id, or the beginning of it.
    reason
        Why, in a person's words.

    Raises
    ------
    DataError
        Where no observation has the id, or several do, or no reason is given.
    """
    if not reason.strip():
        raise DataError("a retraction needs a reason")
    found = [observation for observation in state.observations if observation.id.startswith(observation_id)]
    if len(found) != 1 or not observation_id:
        raise DataError(f"{len(found)} observations have an id that begins with {observation_id!r}, expected one")
    taken = _put_aside(
        campaign,
        found[0],
        f"retracted: {reason.strip()}",
        "Enter the right value (douka enter, with the same request), or measure again.",
    )
    kept = tuple(observation for observation in state.observations if observation.id != found[0].id)
    draft = CycleRecord(number=state.next_cycle, quarantined=(taken,))
    return refolded(campaign, state, RETRACTION, reason, kept, draft)


def migration(
    old: Campaign, new: Campaign, state: State, candidates: Mapping[str, np.ndarray], reason: str
) -> CycleRecord:
    """Carry what was observed over to a changed campaign.

    Parameters
    ----------
    old, new
        The campaign as it was and as it is now.
    state
        What is known, in terms of the old one.
    candidates
        Points each slot of the new one can be asked for.
    reason
        What changed.

    Returns
    -------
    CycleRecord
        Holds all observations in terms of the new campaign; what has no place in it is put aside with the reason. Open
        requests whose slot or point is gone are cancelled.

    Raises
    ------
    CampaignError
        Where a target changed its unit, or a new variable has no value at the old points.
    """
    _require_same_units(old, new)
    kept: list[Observation] = []
    aside: list[Quarantined] = []
    for observation in state.observations:
        moved = _moved(old, new, observation)
        if isinstance(moved, Observation):
            kept.append(moved)
        else:
            aside.append(moved)
    requests, changes = _open_requests(old, new, state)
    draft = CycleRecord(
        number=state.next_cycle,
        observations=tuple(kept),
        quarantined=tuple(aside),
        requests=requests,
        changes=changes,
        arrays={CANDIDATES + name: points for name, points in candidates.items()},
    )
    return refolded(new, state, MIGRATION, reason, tuple(kept), draft)


def refolded(
    campaign: Campaign, state: State, kind: str, reason: str, kept: tuple[Observation, ...], draft: CycleRecord
) -> CycleRecord:
    """Complete a record that changes what is learned from: statistics of all that is kept, and a summary.

    Parameters
    ----------
    campaign, state
        As they stand.
    kind
        What the record does, as :data:`loop.state.REFOLD` names it.
    reason
        Why, in a person's words.
    kept
        All observations afterwards.
    draft
        What else the record holds.
    """
    with threadpool_limits(limits=1):
        statistics = statistics_of(campaign, kept).to_arrays()
    arrays = {**draft.arrays, **{STATISTICS + name: array for name, array in statistics.items()}}
    summary: dict[str, str | int | float | bool] = {
        REFOLD: kind,
        "reason": reason,
        "observations": len(kept),
        "spent": state.spent,
        "stopped": "",
    }
    return replace(draft, arrays=arrays, summary=summary)


def _require_same_units(old: Campaign, new: Campaign) -> None:
    for name, target in new.table.targets.items():
        before = old.table.targets.get(name)
        if before is not None and (before.unit, before.source) != (target.unit, target.source):
            raise CampaignError(
                f"target {name!r} was {before.source.value} in {before.unit!r} and is {target.source.value} in "
                f"{target.unit!r} now: what was observed cannot be carried over. Give the target another name, or the "
                "campaign another history"
            )


def _moved(old: Campaign, new: Campaign, observation: Observation) -> Observation | Quarantined:
    if observation.target not in new.table.targets:
        reason = f"the campaign has no target {observation.target!r} any more"
        return _put_aside(old, observation, reason, "Bring the target back and migrate again.")
    try:
        x = _point(old, new, observation.x)
    except DataError as error:
        return _put_aside(old, observation, f"outside the changed design space: {error}", "Widen the space.")
    wanted = observation.requested_x
    is_same = old.space.names == new.space.names
    return replace(
        observation,
        x=x,
        label=new.space.label(x),
        requested_x=None if wanted is None else _or_none(old, new, wanted),
        sample=observation.sample if is_same else replace(observation.sample, x_uncertainty=None),
    )


def _point(old: Campaign, new: Campaign, x: tuple[float, ...]) -> tuple[float, ...]:
    """The same composition in the new variables, or the same values by name."""
    values = _values(old, new, x)
    if old.space.formula is not None and new.space.formula is not None:
        amounts = {element: n for element, n in old.space.formula.amounts(x).items() if abs(n) > 1e-12}
        own = new.space.formula.own
    else:
        amounts, own = {}, ()
    missing = [name for name in new.space.names if name not in values and name not in own]
    if missing:
        raise CampaignError(
            f"the variable {missing[0]!r} is new, what was observed has no value of it, and without a formula it "
            "cannot be told. Give the changed campaign a history of its own"
        )
    if amounts:
        return new.space.point_of(amounts, values)[0]
    moved = tuple(values[name] for name in new.space.names)
    new.space.check_inside(moved)
    return moved


def _values(old: Campaign, new: Campaign, x: tuple[float, ...]) -> dict[str, float]:
    """Values by name; categories by what they are called, since their positions may have changed."""
    found: dict[str, float] = {}
    wanted = {variable.name: variable for variable in new.space.variables}
    for variable, value in zip(old.space.variables, x, strict=True):
        moved = wanted.get(variable.name)
        if moved is not None and bool(moved.values) == bool(variable.values):
            found[variable.name] = moved.position(variable.text(value)) if moved.values else value
    return found


def _or_none(old: Campaign, new: Campaign, x: tuple[float, ...]) -> tuple[float, ...] | None:
    try:
        return _point(old, new, x)
    except DataError:
        return None


def _open_requests(old: Campaign, new: Campaign, state: State) -> tuple[tuple[Request, ...], tuple[StatusChange, ...]]:
    """Requests in terms of the new campaign, so that nothing is asked twice; lost ones are cancelled."""
    targets = {slot.table.name: slot.table.target for slot in new.slots}
    moved: list[Request] = []
    lost: list[StatusChange] = []
    for request in state.requests.values():
        x = _or_none(old, new, request.x)
        if x is not None and targets.get(request.adapter) == request.target:
            moved.append(replace(request, x=x, label=new.space.label(x)))
        elif request.status.is_open:
            note = "its slot or its point is not in the changed campaign"
            status = Status.CANCELLED if request.status.is_sent else Status.REJECTED
            lost.append(StatusChange(request_id=request.id, status=status, note=note))
    return tuple(moved), tuple(lost)


def _put_aside(campaign: Campaign, observation: Observation, reason: str, remedy: str) -> Quarantined:
    target = campaign.table.targets.get(observation.target)
    return Quarantined(
        id=observation.id,
        target=observation.target,
        x=observation.x,
        value=observation.value,
        unit=target.unit if target else "",
        label=observation.label,
        reason=reason,
        remedy=remedy,
        z_score=None,
        request_id=observation.request_id,
        provenance=observation.provenance,
        sample=observation.sample,
        temperature=observation.temperature,
    )
