"""What a campaign seeks, and what its measured samples are worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from loop.assimilation import DataAssimilation
from loop.campaign import Campaign
from loop.policy import Constraint, FittedBelief, Objective, Worth, feasible
from loop.records import Observation
from loop.space.arithmetic import REST

_SAME_TEMPERATURE = 1.0
"""Difference in K that is none."""
_DIGITS = 9
"""Points that agree to so many digits are one sample."""


def objective_of(campaign: Campaign) -> Objective:
    """What the campaign file says is sought."""
    table = campaign.table.objective
    return Objective(
        table.target,
        table.goal,
        table.value,
        tuple(Constraint(each.target, each.at_least, each.at_most, each.probability) for each in table.constraints),
        worth=_worth(campaign),
    )


@dataclass(frozen=True)
class Merit:
    """What a measured sample is worth.

    Parameters
    ----------
    observation
        The value of the objective's target.
    worth
        In the unit of the objective: the value itself, or what the worth makes of it and the sample's other targets.
    place
        Position, among the observations, of the one with which it was known.
    """

    observation: Observation
    worth: float
    place: int


def merits(campaign: Campaign, observations: Sequence[Observation]) -> tuple[Merit, ...]:
    """Worth of every value of the objective's target, in the order in which they became known.

    Where the worth depends on other targets too, it is known once each of them has a value at the same point; of
    several values the mean counts.

    Parameters
    ----------
    campaign
        Says what is sought.
    observations
        In order of admission.
    """
    objective = objective_of(campaign)
    own = [(place, item) for place, item in enumerate(observations) if _is_sought(campaign, item)]
    if objective.worth is None:
        return tuple(Merit(item, item.value, place) for place, item in own)
    others = _others(objective, observations)
    found = [merit for place, item in own if (merit := _merit(objective, item, place, others)) is not None]
    return tuple(sorted(found, key=lambda merit: merit.place))


def _is_sought(campaign: Campaign, item: Observation) -> bool:
    """Whether it is a value of the objective's target; of one under a law, measured where it is sought."""
    return item.target == campaign.table.objective.target and at_its_temperature(campaign, item)


def at_its_temperature(campaign: Campaign, item: Observation) -> bool:
    """Whether a value was measured at the temperature at which its target is sought, where that matters."""
    sought, at = campaign.table.targets[item.target].temperature, item.temperature
    return at is None or sought is None or abs(at - sought) <= _SAME_TEMPERATURE


def best_merit(campaign: Campaign, found: Sequence[Merit], model: DataAssimilation | None) -> Merit | None:
    """The best measured sample, the first of equal ones, of those that satisfy the constraints by what is believed.

    Parameters
    ----------
    campaign
        Says what is sought.
    found
        Measured samples.
    model
        Judges the constraints; without one none of them counts.
    """
    objective = objective_of(campaign)
    if objective.constraints and model is not None and found:
        X = np.array([merit.observation.x for merit in found])
        found = [found[row] for row in feasible(FittedBelief(model), X, objective.constraints)]
    return found[objective.best(merit.worth for merit in found)] if found else None


_Others = Mapping[tuple[str, tuple[float, ...]], list[tuple[int, float]]]


def _others(objective: Objective, observations: Sequence[Observation]) -> _Others:
    """Places and values of the worth's other targets, by target and point."""
    found: dict[tuple[str, tuple[float, ...]], list[tuple[int, float]]] = {}
    for place, item in enumerate(observations):
        if item.target in objective.targets and item.target != objective.target:
            found.setdefault((item.target, _point(item)), []).append((place, item.value))
    return found


def _merit(objective: Objective, item: Observation, place: int, others: _Others) -> Merit | None:
    values = {objective.target: np.array([item.value])}
    for target in objective.targets:
        if target == objective.target:
            continue
        known = others.get((target, _point(item)))
        if known is None:
            return None
        values[target] = np.array([np.mean([value for _, value in known])])
        place = max(place, known[0][0])
    return Merit(item, float(objective.worth_of(np.array([item.x]), values)[0]), place)


def _point(item: Observation) -> tuple[float, ...]:
    return tuple(round(value, _DIGITS) for value in item.x)


def _worth(campaign: Campaign) -> Worth | None:
    text = campaign.worth
    if text is None:
        return None
    targets = tuple(name for name in campaign.targets if name in text.names)

    def coefficients(X: np.ndarray) -> np.ndarray:
        terms = text.terms(campaign.quantities(X), targets)
        return np.stack([terms[name] for name in (*targets, REST)])

    return Worth(targets, coefficients)
