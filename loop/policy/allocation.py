"""How many experiments and how many calculations the next cycle can afford."""

from __future__ import annotations

import math
from dataclasses import dataclass

from loop.errors import CampaignError

SHARE = 1.0 / 3.0
"""Share of the cost that goes to calculations, unless one is given."""


@dataclass(frozen=True)
class Allocation:
    """How many of each.

    Parameters
    ----------
    experiments, calculations
        Numbers of requests.
    """

    experiments: int
    calculations: int


def allocate(
    *,
    experiment_cost: float,
    calculation_cost: float,
    experiment_slots: int,
    calculation_slots: int,
    budget: float = math.inf,
    per_experiment: float | None = None,
    share: float = SHARE,
    owed: float | None = None,
) -> Allocation:
    """Divide one cycle between experiments and calculations.

    Experiments fill their slots as far as the budget goes; for each of them calculations get ``share`` of what the
    pair costs together, which makes share/(1 − share) · experiment_cost/calculation_cost of them. What is dearer is
    done less, and neither starves: even where calculations taught nothing, the cost would be 1/(1 − share) of that of
    experiments alone at most. Measured on the search D3: decision 12.
    Without a free place for an experiment, calculations get on with what one cycle of one experiment would give them,
    unless accounts are kept from cycle to cycle. The budget always keeps enough for the experiments chosen.

    Parameters
    ----------
    experiment_cost, calculation_cost
        Cost of one, in one unit; 0 is free.
    experiment_slots, calculation_slots
        Free places.
    budget
        What may still be spent, in the unit of the costs.
    per_experiment
        Calculations for each experiment, whatever they cost: the source's fixed 1 : m. None divides by cost.
    share
        Share of the cost that goes to calculations, 0 to 1.
    owed
        What calculations were given less than their share in earlier cycles, in the unit of the costs; negative where
        they were given more. With such accounts calculations may be dearer than many experiments together, and answers
        may come whenever they come. None lets every cycle stand alone.

    Raises
    ------
    CampaignError
        Where a cost, a number of slots, a ratio or the share makes no sense.
    """
    _check(experiment_cost, calculation_cost, experiment_slots, calculation_slots, per_experiment, share)
    if owed is not None and not math.isfinite(owed):
        raise CampaignError(f"owed = {owed}: expected a finite number")
    experiments = min(experiment_slots, _affordable(budget, experiment_cost))
    ratio = _ratio(experiment_cost, calculation_cost, share) if per_experiment is None else per_experiment
    if owed is None or calculation_cost == 0.0:
        wanted = ratio * max(experiments, 1)
        least = 1 if wanted > 0 else 0
    else:
        wanted, least = ratio * experiments + owed / calculation_cost, 0
    # A place for at least one where no accounts are kept: a ratio below ½ would never ask for any.
    wanted_whole = calculation_slots if wanted >= calculation_slots else max(round(wanted), least)
    left = _affordable(budget - experiments * experiment_cost if experiment_cost else budget, calculation_cost)
    return Allocation(experiments, min(wanted_whole, calculation_slots, left))


def owed_by(experiments: float, calculations: float, share: float = SHARE) -> float:
    """What calculations were given less than their share, where so much was spent on each."""
    return share / (1.0 - share) * experiments - calculations


def _ratio(experiment_cost: float, calculation_cost: float, share: float) -> float:
    if share == 0.0:
        return 0.0
    if calculation_cost == 0.0 or share == 1.0:
        return math.inf
    return share / (1.0 - share) * experiment_cost / calculation_cost


def _affordable(budget: float, cost: float) -> int:
    """How many a budget allows; the tolerance is for sums of costs that rounding put a hair above it."""
    if budget < 0.0:
        return 0
    return 2**62 if cost == 0.0 or math.isinf(budget) else int(budget / cost + 1e-9)


def _check(
    experiment_cost: float, calculation_cost: float, experiment_slots: int, calculation_slots: int,
    per_experiment: float | None, share: float,
) -> None:  # fmt: skip
    for name, cost in (("experiment_cost", experiment_cost), ("calculation_cost", calculation_cost)):
        if not (math.isfinite(cost) and cost >= 0.0):
            raise CampaignError(f"{name} = {cost}: expected a finite number, 0 or more")
    if experiment_slots < 0 or calculation_slots < 0:
        raise CampaignError(f"slots {experiment_slots} and {calculation_slots}: expected 0 or more")
    if per_experiment is not None and not per_experiment >= 0.0:
        raise CampaignError(f"per_experiment = {per_experiment}: expected 0 or more")
    if not 0.0 <= share <= 1.0:
        raise CampaignError(f"share = {share}: expected 0 to 1")
