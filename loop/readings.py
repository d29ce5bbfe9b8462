"""Observations and what was put aside, as readings that can be judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from threadpoolctl import threadpool_limits

from loop.campaign import Campaign
from loop.errors import DataError, EstimationError
from loop.foretelling import learner
from loop.innovation import Alternative, Forecaster, Reading, likely_mistake
from loop.records import Observation, Quarantined, Source
from loop.space import element_mass
from loop.state import State

_VOLUME_PER_ATOM = 14.0
"""In Å³, typical of intermetallic compounds (13.9 in Nd₂Fe₁₄B): good enough to recognize a unit by."""


def reading_of(campaign: Campaign, item: Observation | Quarantined) -> Reading:
    """Make a reading of what came in.

    Parameters
    ----------
    campaign
        Gives the unit.
    item
        With a point.
    """
    target, origin = campaign.table.targets[item.target], item.provenance
    amounts = campaign.space.formula.amounts(item.x) if campaign.space.formula and item.x else {}
    return Reading(
        id=item.id,
        target=item.target,
        x=item.x or (),
        value=item.value,
        unit=target.unit,
        uncertainty=item.uncertainty,
        temperature=item.temperature,
        laboratory=origin.laboratory,
        label=item.label,
        place=" ".join(part for part in (origin.file, origin.locator) if part),
        volume=sum(amounts.values()) * _VOLUME_PER_ATOM or None,
        molar_mass=sum(element_mass(element) * amount for element, amount in amounts.items()) or None,
        is_calculated=target.source is Source.CALCULATION,
        categories=campaign.space.categories,
    )


def likely_mistakes(campaign: Campaign, state: State) -> Mapping[str, Alternative]:
    """Guess what went wrong with every value that was put aside for its distance from the prediction.

    It is guessed anew from all that is known now: nothing of it is sealed.

    Parameters
    ----------
    campaign, state
        As they stand.

    Returns
    -------
    dict of str to Alternative
        By id; without those for which there is no good guess.
    """
    doubted = [item for item in state.quarantine if item.z_score is not None and item.target in campaign.table.targets]
    if not doubted:
        return {}
    known = [reading_of(campaign, item) for item in state.observations]
    try:
        forecaster = learner(campaign)(known)
    except EstimationError:
        return {}
    with threadpool_limits(limits=1):
        found = {item.id: _guess(reading_of(campaign, item), known, forecaster) for item in doubted}
    return {key: guess for key, guess in found.items() if guess is not None}


def _guess(reading: Reading, known: Sequence[Reading], forecaster: Forecaster) -> Alternative | None:
    """What cannot be foretold is no guess; what was put aside has to be listed all the same."""
    try:
        return likely_mistake(reading, known, forecaster)
    except (DataError, EstimationError):
        return None
