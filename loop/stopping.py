"""When a campaign is over."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from loop.assimilation import DataAssimilation
from loop.campaign import Campaign
from loop.choosing import belief_of
from loop.model import generator
from loop.objective import best_merit, merits, objective_of
from loop.policy import FittedBelief, Objective
from loop.policy.found import expected_gain, probability_found
from loop.records import Source
from loop.state import State
from loop.stop_rule import parse_rule

Ask = Callable[[FittedBelief, np.ndarray, Objective, np.random.Generator], float]


def reason_to_stop(campaign: Campaign, state: State, model: DataAssimilation | None = None) -> str:
    """Say which stopping rule of the campaign holds; empty while none does.

    Parameters
    ----------
    campaign
        Its ``[stop]`` table: any rule that holds ends the campaign.
    state
        What is known.
    model
        Fitted to it; without one, rules that lean on a model do not hold.
    """
    stop = campaign.table.stop
    experiments = state.count(Source.EXPERIMENT)
    if stop.experiments is not None and experiments >= stop.experiments:
        return f"{experiments} measurements were asked for, as many as allowed"
    if stop.cost is not None and state.spent >= stop.cost:
        return f"{state.spent:g} {campaign.table.cost_unit} are spent, as much as allowed"
    if stop.cycles is not None and state.next_cycle >= stop.cycles:
        return f"{state.next_cycle} cycles are done, as many as allowed"
    since = since_best(campaign, state, model)
    if stop.no_improvement is not None and since >= stop.no_improvement:
        return f"the last {since} measurements brought nothing better"
    if stop.rule is not None:
        verdict = parse_rule(stop.rule)(Standing(campaign, state, model))
        return verdict.words if verdict.holds else ""
    return ""


class Standing:
    """How a campaign stands: the facts that composed rules ask for, each found when it is asked for.

    Parameters
    ----------
    campaign, state
        What is sought, and what is known.
    model
        Fitted to it, or None.
    """

    def __init__(self, campaign: Campaign, state: State, model: DataAssimilation | None = None) -> None:
        self._campaign, self._state, self._model = campaign, state, model
        self._objective = objective_of(campaign)

    def __call__(self, quantity: str) -> float:
        """See :class:`~loop.stop_rule.Facts`."""
        state = self._state
        match quantity:
            case "experiments":
                return float(state.count(Source.EXPERIMENT))
            case "cost":
                return state.spent
            case "cycles":
                return float(state.next_cycle)
            case "no_improvement":
                return float(since_best(self._campaign, state, self._model))
            case "best_measured":
                return self._best()
            case "distance":
                return math.nan if self._objective.value is None else abs(self._best() - self._objective.value)
            case "probability_best_found":
                return self._modelled(probability_found)
            case "expected_improvement":
                return self._modelled(expected_gain, only_new=True)
            case "improvement_per_cost":
                return self._modelled(expected_gain, only_new=True, priced=True)
        raise KeyError(quantity)

    def _best(self) -> float:
        best = best_merit(self._campaign, merits(self._campaign, self._state.observations), self._model)
        return math.nan if best is None else best.worth

    def _cost(self, X: np.ndarray) -> np.ndarray:
        """Of the cheapest experiment on the objective's target at the points X (n, d), (n,)."""
        campaign = self._campaign
        slots = [slot.table for slot in campaign.slots if slot.table.asks]
        names = [slot.name for slot in slots if slot.target == self._objective.target]
        return np.min([campaign.costs(name, X) for name in names], axis=0) if names else np.zeros(len(X))

    def _modelled(self, ask: Ask, *, only_new: bool = False, priced: bool = False) -> float:
        if self._model is None:
            return float("nan")
        belief = belief_of(self._campaign, self._state, self._model)
        X = np.empty((0, 0)) if belief.domain is None else belief.domain
        if only_new:
            done = {item.x for item in self._state.values_of(self._objective.target)}
            X = X[[tuple(x) not in done for x in X.tolist()]]
        if priced and (len(X) == 0 or not self._cost(X).all()):
            return math.nan
        belief = belief.priced(self._cost) if priced else belief
        objective = belief.objective or self._objective
        return ask(belief, X, objective, generator(self._campaign, self._state.next_cycle, "stop"))


def since_best(campaign: Campaign, state: State, model: DataAssimilation | None = None) -> int:
    """How many measurements were asked for and came after the best value; what came unasked was not a try."""
    best = best_merit(campaign, merits(campaign, state.observations), model)
    if best is None:
        return 0
    later = state.observations[best.place + 1 :]
    target = campaign.table.objective.target
    return sum(item.request_id is not None for item in later if item.target == target)
