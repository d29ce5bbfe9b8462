"""What there is to find in a retrospective campaign."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from loop.campaign import Campaign
from loop.errors import CampaignError
from loop.objective import objective_of
from loop.policy import Objective
from loop.protocols import Retrospective, Simulator
from loop.slots import adapters_of, plugins_of

Point = tuple[float, ...]


@dataclass(frozen=True)
class Worth:
    """How far every point lies from the best.

    Parameters
    ----------
    regret
        By point: the utility of the best point minus its own, 0 or more, in the objective's unit.
    scale
        Absolute value of the objective's target at the best point: what relative distances are relative to.
    """

    regret: Mapping[Point, float]
    scale: float

    @property
    def best(self) -> frozenset[Point]:
        """Points that nothing is better than."""
        return self.within(0.0)

    @property
    def worst(self) -> float:
        """The largest regret there is."""
        return max(self.regret.values())

    def within(self, tolerance: float) -> frozenset[Point]:
        """Points whose relative distance from the best is at most the tolerance."""
        return frozenset(x for x, short in self.regret.items() if short <= tolerance * self.scale)


def worth_of(campaign: Campaign) -> Worth:
    """What the points of a retrospective campaign are worth.

    Raises
    ------
    CampaignError
        Where the instrument of the objective has no data of its own.
    """
    adapters = adapters_of(campaign, plugins_of(campaign), Path())
    truth, objective = truth_of(campaign, adapters), objective_of(campaign)
    values = np.array(list(truth.values()))
    utility = objective.utility(values)
    forbidden = _forbidden(objective, list(truth), _tables(campaign, adapters))
    utility[forbidden] = utility.min()
    best = int(np.argmax(utility))
    return Worth(dict(zip(truth, (utility[best] - utility).tolist(), strict=True)), abs(float(values[best])))


def truth_of(campaign: Campaign, adapters: Mapping[str, Simulator]) -> dict[Point, float]:
    """What every point of the objective's retrospective instruments is worth.

    Where that is a function of several targets, only points at which the tables have a value of each.

    Raises
    ------
    CampaignError
        Where a target of the objective has no data of its own.
    """
    objective, tables = objective_of(campaign), _tables(campaign, adapters)
    for target in objective.targets:
        if not tables.get(target):
            raise CampaignError(f"{campaign.name}: nobody who answers for {target!r} is retrospective")
    points = [x for x in tables[objective.target] if all(x in tables[name] for name in objective.targets)]
    if not points:
        raise CampaignError(f"{campaign.name}: at no point the tables have values of {', '.join(objective.targets)}")
    values = {name: np.array([tables[name][x] for x in points]) for name in objective.targets}
    return dict(zip(points, objective.worth_of(np.array(points), values).tolist(), strict=True))


def _tables(campaign: Campaign, adapters: Mapping[str, Simulator]) -> dict[str, dict[Point, float]]:
    """Value of every point of everyone who is retrospective, by target."""
    found: dict[str, dict[Point, float]] = {}
    for slot in campaign.slots:
        adapter = adapters[slot.table.name]
        if isinstance(adapter, Retrospective):
            found.setdefault(slot.table.target, {}).update(adapter.truth())
    return found


def _forbidden(objective: Objective, points: Sequence[Point], tables: Mapping[str, Mapping[Point, float]]) -> list[int]:
    """Rows of the points whose values in the tables break a constraint; they count as the worst there are."""
    return [
        row
        for row, x in enumerate(points)
        for each in objective.constraints
        if x in tables.get(each.target, {}) and not each.holds(tables[each.target][x])
    ]
