"""What comes in is checked before it is believed; what is not believed is kept with the reason."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from loop.assimilation import DataAssimilation
from loop.campaign import Campaign
from loop.errors import DataError
from loop.joint_check import disagreeing
from loop.records import Failure, Observation, Quarantined, Request, Result, Sample, Status, StatusChange
from loop.second_start import REMEDY, doubts
from loop.state import State

_LOOK = "Check the value, its unit and its compound."

News = Iterable[Result | Failure]


@dataclass(frozen=True)
class Admission:
    """What became of the news.

    Parameters
    ----------
    observations, quarantined
        Admitted and put aside.
    changes
        Requests that are answered or failed.
    """

    observations: tuple[Observation, ...]
    quarantined: tuple[Quarantined, ...]
    changes: tuple[StatusChange, ...]


def admit(
    campaign: Campaign, state: State, model: DataAssimilation | None, news: News, *, together: bool = False
) -> Admission:
    """Check that every item is new, finite, in the right unit, inside the space and plausible.

    Parameters
    ----------
    campaign
        Says what is expected.
    state
        What is known; an item handed over before is passed over.
    model
        Fitted to everything known; None while there is none, then nothing is implausible.
    news
        From the adapters, in a reproducible order.
    together
        Whether what came in is also held against itself: see :func:`loop.joint_check.disagreeing`.
    """
    news = list(news)
    open_ids = {request.id for request in state.open_requests}
    known = set(state.known_keys)
    doubtful = doubts(campaign, state, _usable(campaign, state, news))
    outcomes: list[Observation | Quarantined] = []
    answered: list[tuple[str, Result | Failure, int]] = []
    for item in news:
        answers = item.request_id in open_ids
        key = item.provenance.key
        if key in known and not answers:
            continue
        outcome = _judge(campaign, state, model, item, is_known=key in known, doubt=doubtful.get(key))
        known.add(key)
        outcomes.append(outcome)
        if answers and item.request_id is not None:
            open_ids.discard(item.request_id)
            answered.append((item.request_id, item, len(outcomes) - 1))
    if together:
        outcomes = _held_against_each_other(campaign, state, outcomes)
    changes = [_change(request_id, item, outcomes[index]) for request_id, item, index in answered]
    # By request: news given back from a record comes observations first, and must lead to the same record.
    changes.sort(key=lambda change: change.request_id)
    return Admission(
        observations=tuple(outcome for outcome in outcomes if isinstance(outcome, Observation)),
        quarantined=tuple(outcome for outcome in outcomes if isinstance(outcome, Quarantined)),
        changes=tuple(changes),
    )


def _held_against_each_other(
    campaign: Campaign, state: State, outcomes: list[Observation | Quarantined]
) -> list[Observation | Quarantined]:
    arrived = [outcome for outcome in outcomes if isinstance(outcome, Observation)]
    doubted = disagreeing(campaign, state.observations, arrived)
    units = {name: target.unit for name, target in campaign.table.targets.items()}
    checked: list[Observation | Quarantined] = []
    for outcome in outcomes:
        z = doubted.get(outcome.id) if isinstance(outcome, Observation) else None
        if z is None or not isinstance(outcome, Observation):
            checked.append(outcome)
            continue
        unit = units[outcome.target]
        result = _as_result(outcome, outcome.x, unit)
        reason = f"{outcome.value:g} {unit} lies {z:+.1f} predictive standard deviations from what the others foretell"
        checked.append(_put_aside(result, reason, _LOOK, z))
    return checked


def as_news(
    observations: Iterable[Observation], quarantined: Iterable[Quarantined], campaign: Campaign
) -> list[Result | Failure]:
    """Give back the news that became these, so that a cycle can be done again."""
    targets = campaign.table.targets
    results: list[Result | Failure] = [_as_result(item, item.x, targets[item.target].unit) for item in observations]
    return results + [_as_item(item) for item in quarantined]


def believed(campaign: Campaign, state: State, item: Quarantined) -> Observation:
    """Make an observation of what was put aside, because a person believes it.

    Parameters
    ----------
    campaign, state
        As they stand.
    item
        Of the quarantine.

    Raises
    ------
    DataError
        Where it is no value of the campaign at all: a failure, a wrong unit, a point outside, a value known already.
    """
    if item.x is None:
        raise DataError(f"{item.label} ({item.id}) has no value that could be accepted: {item.reason}")
    if any(observation.id == item.id for observation in state.observations):
        raise DataError(f"{item.label} ({item.id}) is learned from already")
    result = _as_result(item, item.x, item.unit)
    problem = _problem(campaign, result)
    if problem is not None:
        raise DataError(f"{item.label} ({item.id}) cannot be accepted: {problem[0]}. {problem[1]}")
    return _observation(result, state.requests.get(item.request_id or ""))


def _as_item(item: Quarantined) -> Result | Failure:
    if item.x is not None:
        return _as_result(item, item.x, item.unit)
    return Failure(
        request_id=item.request_id,
        target=item.target,
        label=item.label,
        reason=item.reason,
        remedy=item.remedy,
        provenance=item.provenance,
        unknown=item.unknown,
    )


def _as_result(item: Observation | Quarantined, x: tuple[float, ...], unit: str) -> Result:
    return Result(
        request_id=item.request_id,
        target=item.target,
        x=x,
        value=item.value,
        unit=unit,
        uncertainty=item.uncertainty,
        label=item.label,
        provenance=item.provenance,
        sample=item.sample,
        temperature=item.temperature,
    )


def _judge(
    campaign: Campaign,
    state: State,
    model: DataAssimilation | None,
    item: Result | Failure,
    *,
    is_known: bool,
    doubt: str | None,
) -> Observation | Quarantined:
    if isinstance(item, Failure):
        return _put_aside(item, item.reason, item.remedy)
    if is_known:
        return _put_aside(item, "the same value, from the same place, is known already", "Nothing needs to be done.")
    problem = _problem(campaign, item)
    if problem is not None:
        return _put_aside(item, *problem)
    if doubt is not None:
        return _put_aside(item, doubt, REMEDY)
    z = _z_score(model, item)
    if z is not None and abs(z) > campaign.table.admit.z_limit:
        reason = f"{item.value:g} {item.unit} lies {z:+.1f} predictive standard deviations from the prediction"
        return _put_aside(item, reason, _LOOK, z)
    request = state.requests.get(item.request_id or "")
    return _observation(item, request)


def _usable(campaign: Campaign, state: State, news: Iterable[Result | Failure]) -> list[Result]:
    """Return the new results with which there is no problem, each fact once."""
    known = state.known_keys
    new = {item.provenance.key: item for item in news if isinstance(item, Result)}
    return [item for key, item in new.items() if key not in known and _problem(campaign, item) is None]


def _problem(campaign: Campaign, item: Result) -> tuple[str, str] | None:
    target = campaign.table.targets.get(item.target)
    if target is None:
        return f"there is no target {item.target!r}", "Correct the adapter."
    if item.unit != target.unit:
        return f"its unit is {item.unit!r}, expected {target.unit!r}", "Give the value in that unit."
    if not math.isfinite(item.value):
        return f"its value is {item.value}, expected a finite number", "Repeat it."
    if item.uncertainty is not None and not (math.isfinite(item.uncertainty) and item.uncertainty > 0):
        return (
            f"its uncertainty is {item.uncertainty}, expected a positive number",
            "Correct it, or leave it out.",
        )
    if item.temperature is not None and not (math.isfinite(item.temperature) and item.temperature > 0):
        return f"its temperature is {item.temperature} K, expected a positive number", "Correct it."
    # Without any law a campaign seeks at its own conditions, and a temperature only says how a value came about.
    if item.temperature is not None and target.law is None and campaign.under_law is not None:
        return (
            f"it was measured at {item.temperature:g} K, but the target {item.target!r} names no law of temperature",
            "Leave the temperature out, or hand it over as a target with a law.",
        )
    try:
        campaign.space.check_inside(item.x)
    except DataError as error:
        return str(error), "Correct the composition, or widen the design space."
    return None


def _z_score(model: DataAssimilation | None, item: Result) -> float | None:
    """Innovation over its standard deviation: of the prediction, the target's scatter and the stated uncertainty."""
    if model is None:
        return None
    temperature = np.nan if item.temperature is None else item.temperature
    mean, deviation, scatter = model.foretell(np.array([item.x]), item.target, temperature)
    variance = float(deviation[0]) ** 2 + float(scatter[0]) + (item.uncertainty or 0.0) ** 2
    return float((item.value - mean[0]) / math.sqrt(variance))


def _observation(item: Result, request: Request | None) -> Observation:
    return Observation(
        id=item.provenance.key,
        target=item.target,
        x=item.x,
        value=item.value,
        uncertainty=item.uncertainty,
        label=item.label,
        request_id=item.request_id,
        requested_x=request.x if request else None,
        provenance=item.provenance,
        sample=item.sample,
        temperature=item.temperature,
    )


def _put_aside(item: Result | Failure, reason: str, remedy: str, z: float | None = None) -> Quarantined:
    result = item if isinstance(item, Result) else None
    return Quarantined(
        id=item.provenance.key,
        target=item.target,
        x=result.x if result else None,
        value=result.value if result else math.nan,
        unit=result.unit if result else "",
        label=item.label,
        reason=reason,
        remedy=remedy,
        z_score=z,
        request_id=item.request_id,
        provenance=item.provenance,
        uncertainty=result.uncertainty if result else None,
        sample=result.sample if result else Sample(),
        unknown=isinstance(item, Failure) and item.unknown,
        temperature=result.temperature if result else None,
    )


def _change(request_id: str, item: Result | Failure, outcome: Observation | Quarantined) -> StatusChange:
    if isinstance(item, Failure):
        status = Status.UNKNOWN if item.unknown else Status.FAILED
        return StatusChange(request_id=request_id, status=status, note=item.reason)
    note = "" if isinstance(outcome, Observation) else f"put aside: {outcome.reason}"
    return StatusChange(request_id=request_id, status=Status.DONE, note=note)
