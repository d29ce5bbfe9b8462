"""What would be known without some of the data: a laboratory, a file, a person."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from threadpoolctl import threadpool_limits

from loop.assimilation import DataAssimilation
from loop.campaign import Campaign
from loop.errors import CampaignError, EstimationError
from loop.history import History
from loop.knowledge import Estimate
from loop.model import fit_model, statistics_of
from loop.objective import best_merit, merits, objective_of
from loop.prediction import predicted_objective
from loop.records import Observation
from loop.revising import campaign_at
from loop.state import State, fold

KEYS: dict[str, Callable[[Observation], str]] = {
    "laboratory": lambda item: item.provenance.laboratory,
    "target": lambda item: item.target,
    "adapter": lambda item: item.provenance.adapter,
    "file": lambda item: item.provenance.file,
    "id": lambda item: item.id,
    "person": lambda item: item.provenance.person,
}
"""What data can be left out by."""

ALIASES = {"lab": "laboratory"}
_SHOWN = 12


@dataclass(frozen=True)
class Criterion:
    """One kind of data to leave out.

    Parameters
    ----------
    key
        One of :data:`KEYS`.
    value
        What it is there; the beginning is enough for an id.
    """

    key: str
    value: str

    def holds(self, item: Observation) -> bool:
        """Whether an observation is left out."""
        found = KEYS[self.key](item)
        return found == self.value or (self.key == "id" and found.startswith(self.value))


@dataclass(frozen=True)
class Known:
    """What some observations teach.

    Parameters
    ----------
    observations, measured
        How many, and how many of the objective.
    best_measured
        The best of these; None where there is none.
    best_measured_worth
        What it is worth, in the unit of the objective; NaN where there is none.
    best_predicted
        The best candidate by prediction; None where there is no model.
    scatter
        Standard deviation of one measurement about the model; NaN where there is no model.
    problem
        Why there is no model; empty where there is one.
    """

    observations: int
    measured: int
    best_measured: Observation | None
    best_measured_worth: float
    best_predicted: Estimate | None
    scatter: float
    problem: str


@dataclass(frozen=True)
class Left:
    """One observation that was left out, against what the others foretell.

    Parameters
    ----------
    observation
        As recorded.
    mean, deviation
        Prediction of its target at its point from the others; NaN where they determine no model.
    z_score
        Difference over its standard deviation: of prediction, scatter and stated uncertainty.
    """

    observation: Observation
    mean: float
    deviation: float
    z_score: float


@dataclass(frozen=True)
class LeftOut:
    """What is known with and without some data.

    Parameters
    ----------
    criteria
        What was left out.
    unit
        Of the objective.
    everything, without
        What all observations teach, and those that are kept.
    left
        The others.
    """

    criteria: tuple[Criterion, ...]
    unit: str
    everything: Known
    without: Known
    left: tuple[Left, ...]


def parse_criteria(texts: Iterable[str]) -> tuple[Criterion, ...]:
    """Read ``key=value`` texts.

    Raises
    ------
    CampaignError
        Where a key is unknown or a value is missing.
    """
    found = []
    for text in texts:
        key, _, value = (piece.strip() for piece in text.partition("="))
        key = ALIASES.get(key, key)
        if key not in KEYS:
            raise CampaignError(f"{text!r}: unknown key {key!r}; data can be left out by {', '.join(KEYS)}")
        if not value:
            raise CampaignError(f"{text!r}: expected {key}=VALUE")
        found.append(Criterion(key, value))
    return tuple(found)


def leave_out(history: History, criteria: Sequence[Criterion]) -> LeftOut:
    """Fold the recorded observations again without some, and compare what is known.

    Parameters
    ----------
    history
        Open for reading.
    criteria
        An observation is left out where any of them holds.

    Raises
    ------
    CampaignError
        Where one of them holds for no observation; the message lists the values there are.
    """
    state = fold(history.records())
    campaign = campaign_at(history, history.next_number)
    for criterion in criteria:
        _require_match(criterion, state.observations)
    is_left = [any(each.holds(item) for each in criteria) for item in state.observations]
    kept = tuple(item for item, leaves in zip(state.observations, is_left, strict=True) if not leaves)
    left = [item for item, leaves in zip(state.observations, is_left, strict=True) if leaves]
    with threadpool_limits(limits=1):
        everything, _ = _known(campaign, state)
        without, model = _known(campaign, replace(state, observations=kept, statistics=statistics_of(campaign, kept)))
        foretold = tuple(_foretold(model, item) for item in left)
    return LeftOut(tuple(criteria), campaign.unit, everything, without, foretold)


def _require_match(criterion: Criterion, observations: Sequence[Observation]) -> None:
    if any(criterion.holds(item) for item in observations):
        return
    values = sorted({KEYS[criterion.key](item) for item in observations} - {""})
    more = f" and {len(values) - _SHOWN} more" if len(values) > _SHOWN else ""
    raise CampaignError(
        f"no observation has {criterion.key} = {criterion.value!r}; "
        f"there are {', '.join(map(repr, values[:_SHOWN])) or 'none with any'}{more}"
    )


def _known(campaign: Campaign, state: State) -> tuple[Known, DataAssimilation | None]:
    target = campaign.table.objective.target
    model, problem = None, ""
    try:
        statistics = state.statistics or statistics_of(campaign, state.observations)
        model = fit_model(campaign, statistics, max(state.next_cycle - 1, 0))
    except EstimationError as error:
        problem = str(error)
    best = best_merit(campaign, merits(campaign, state.observations), model)
    known = Known(
        observations=len(state.observations),
        measured=len(state.values_of(target)),
        best_measured=best.observation if best else None,
        best_measured_worth=best.worth if best else math.nan,
        best_predicted=None if model is None else _best_predicted(campaign, state, model),
        scatter=math.nan if model is None else _scatter(model, target),
        problem=problem,
    )
    return known, model


def _best_predicted(campaign: Campaign, state: State, model: DataAssimilation) -> Estimate | None:
    prediction = predicted_objective(campaign, state, model)
    best = None if prediction is None else prediction.best(objective_of(campaign))
    if prediction is None or best is None:
        return None
    label = campaign.space.label(prediction.X[best].tolist())
    return Estimate(label, float(prediction.mean[best]), float(prediction.deviation[best]))


def _scatter(model: DataAssimilation, target: str) -> float:
    row = model.structure.index(target)
    return float(np.sqrt(model.residual_covariance_[row, row]))


def _foretold(model: DataAssimilation | None, item: Observation) -> Left:
    if model is None:
        return Left(item, math.nan, math.nan, math.nan)
    temperature = math.nan if item.temperature is None else item.temperature
    mean, deviation, variance = model.foretell(np.array([item.x]), item.target, temperature)
    total = math.hypot(float(deviation[0]), math.sqrt(variance[0]), item.uncertainty or 0.0)
    return Left(item, float(mean[0]), float(deviation[0]), float((item.value - mean[0]) / total))
