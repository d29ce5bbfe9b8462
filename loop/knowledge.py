"""What a campaign knows, in the numbers that tables and figures show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.assimilation import DataAssimilation
from loop.campaign import Campaign
from loop.choosing import next_requests
from loop.cycle import Cycle
from loop.model import generator
from loop.prediction import predicted_objective
from loop.records import Observation, Request, Source
from loop.state import State


@dataclass(frozen=True)
class Estimate:
    """A predicted value.

    Parameters
    ----------
    label
        What a person calls the point.
    mean, deviation
        Of the noise-free objective there, in its unit.
    """

    label: str
    mean: float
    deviation: float


@dataclass(frozen=True)
class Knowledge:
    """What is known of the objective.

    Parameters
    ----------
    unit, goal
        Of the objective.
    measured
        Its observations, in order.
    foretold
        What was predicted at the point of every observation when it was asked for; None where nothing was (the start,
        values that came unasked).
    scatter
        Standard deviation of one measurement about the model; NaN while there is no model.
    best_predicted, best_measured
        The best candidate by prediction, and the best observation; None where there is none.
    best_measured_prediction
        Prediction at the best observation's point.
    upcoming
        What would be asked next, stopping rules left aside; nothing while answers are outstanding.
    requests
        Everything asked.
    spent
        In the campaign's cost unit.
    messages
        What the data do not determine, in words.
    """

    unit: str
    goal: str
    measured: tuple[Observation, ...]
    foretold: tuple[Estimate | None, ...]
    scatter: float
    best_predicted: Estimate | None
    best_measured: Observation | None
    best_measured_prediction: Estimate | None
    upcoming: tuple[Request, ...]
    requests: tuple[Request, ...]
    spent: float
    messages: tuple[str, ...]

    def count(self, source: Source) -> int:
        """How many requests of a kind were made."""
        return sum(request.source is source for request in self.requests)

    def best_so_far(self) -> np.ndarray:
        """Best measured value after each measurement, shape (n,)."""
        values = np.array([observation.value for observation in self.measured])
        better = np.maximum if self.goal == "maximize" else np.minimum
        return np.asarray(better.accumulate(values)) if len(values) else values


def knowledge(campaign: Campaign, state: State) -> Knowledge:
    """Gather what is known.

    Parameters
    ----------
    campaign
        The campaign.
    state
        Fold of its history.
    """
    objective = campaign.table.objective
    sign = 1.0 if objective.goal == "maximize" else -1.0
    model, problem = Cycle(campaign, state.candidates).model(state)
    measured = tuple(state.values_of(objective.target))
    best = max(measured, key=lambda observation: sign * observation.value) if measured else None
    return Knowledge(
        unit=campaign.table.targets[objective.target].unit,
        goal=objective.goal,
        measured=measured,
        foretold=tuple(_foretold(state, observation) for observation in measured),
        scatter=_scatter(campaign, model),
        best_predicted=_best_predicted(campaign, state, model, sign),
        best_measured=best,
        best_measured_prediction=next(iter(_estimates(campaign, model, [best.x] if best else [])), None),
        upcoming=() if model is None or state.open_requests else _upcoming(campaign, state, model),
        requests=tuple(state.requests.values()),
        spent=state.spent,
        messages=(problem,) if model is None else tuple(str(text) for text in model.diagnostics_.get("messages", ())),
    )


def _foretold(state: State, observation: Observation) -> Estimate | None:
    request = state.requests.get(observation.request_id or "")
    if request is None or not np.isfinite(request.reason.mean):
        return None
    return Estimate(observation.label, request.reason.mean, request.reason.deviation)


def _estimates(
    campaign: Campaign, model: DataAssimilation | None, points: list[tuple[float, ...]]
) -> tuple[Estimate, ...]:
    if model is None or not points:
        return ()
    mean, deviation = model.predict(np.array(points), target=campaign.table.objective.target, return_std=True)
    return tuple(
        Estimate(campaign.space.label(x), float(m), float(s)) for x, m, s in zip(points, mean, deviation, strict=True)
    )


def _scatter(campaign: Campaign, model: DataAssimilation | None) -> float:
    if model is None:
        return float("nan")
    row = campaign.targets.index(campaign.table.objective.target)
    return float(np.sqrt(model.residual_covariance_[row, row]))


def _best_predicted(campaign: Campaign, state: State, model: DataAssimilation | None, sign: float) -> Estimate | None:
    prediction = predicted_objective(campaign, state, model) if model else None
    if prediction is None:
        return None
    best = prediction.best(sign)
    label = campaign.space.label(prediction.X[best].tolist())
    return Estimate(label, float(prediction.mean[best]), float(prediction.deviation[best]))


def _upcoming(campaign: Campaign, state: State, model: DataAssimilation) -> tuple[Request, ...]:
    rng = generator(campaign, state.next_cycle, "choose")
    return next_requests(campaign.without_end(), state, model, state.next_cycle, rng)
