"""What there is to find in a retrospective campaign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from loop.campaign import Campaign
from loop.errors import CampaignError
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
    truth = truth_of(campaign, adapters_of(campaign, plugins_of(campaign), Path()))
    values = np.array(list(truth.values()))
    sought = campaign.table.objective
    utility = Objective(sought.target, sought.goal).utility(values)
    best = int(np.argmax(utility))
    return Worth(dict(zip(truth, (utility[best] - utility).tolist(), strict=True)), abs(float(values[best])))


def truth_of(campaign: Campaign, adapters: dict[str, Simulator]) -> dict[Point, float]:
    """Value of every point of the objective's retrospective instruments.

    Raises
    ------
    CampaignError
        Where the instrument of the objective has no data of its own.
    """
    truth: dict[Point, float] = {}
    for slot in campaign.slots:
        adapter = adapters[slot.table.name]
        if slot.table.target == campaign.table.objective.target and isinstance(adapter, Retrospective):
            truth |= adapter.truth()
    if not truth:
        raise CampaignError(f"{campaign.name}: no instrument of {campaign.table.objective.target!r} is retrospective")
    return truth
