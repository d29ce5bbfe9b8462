"""What a campaign knows, in the numbers that tables and figures show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.assimilation import DataAssimilation
from loop.campaign import Campaign
from loop.choosing import next_requests
from loop.cycle import Cycle
from loop.model import generator
from loop.objective import at_its_temperature, best_merit, merits, objective_of
from loop.policy import FittedBelief, Objective
from loop.prediction import predicted_objective
from loop.records import Observation, Request, Source, Status
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
    unit
        Of the objective.
    target_unit
        Of its target; another one where a function of targets is sought.
    objective
        What is sought.
    measured
        Observations of its target, in order.
    worths
        What measured samples are worth, in the order in which it became known; the values themselves where the target
        itself is sought.
    foretold
        What was predicted at the point of every observation when it was asked for; None where nothing was (the start,
        values that came unasked) or it was foretold of another temperature than it was measured at.
    scatter
        Standard deviation of one measurement about the model; NaN while there is no model.
    best_predicted, best_measured
        The best candidate by prediction, and the best observation; None where there is none.
    best_measured_worth
        What that observation is worth; NaN where there is none.
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
    target_unit: str
    objective: Objective
    measured: tuple[Observation, ...]
    worths: tuple[float, ...]
    foretold: tuple[Estimate | None, ...]
    scatter: float
    best_predicted: Estimate | None
    best_measured: Observation | None
    best_measured_worth: float
    best_measured_prediction: Estimate | None
    upcoming: tuple[Request, ...]
    requests: tuple[Request, ...]
    spent: float
    messages: tuple[str, ...]

    def count(self, source: Source) -> int:
        """How many requests of a kind were made, without those that were rejected."""
        made = (request for request in self.requests if request.status is not Status.REJECTED)
        return sum(request.source is source for request in made)

    def best_so_far(self) -> np.ndarray:
        """Best measured worth after each measured sample, shape (n,)."""
        return self.objective.best_so_far(self.worths)


def knowledge(campaign: Campaign, state: State, cycle: Cycle | None = None) -> Knowledge:
    """Gather what is known.

    Parameters
    ----------
    campaign
        The campaign.
    state
        Fold of its history.
    cycle
        The campaign's, where there is one at work: what it has fitted is not fitted again.
    """
    objective, found = objective_of(campaign), merits(campaign, state.observations)
    model, problem = (cycle or Cycle(campaign, state.candidates)).model(state)
    measured = tuple(state.values_of(objective.target))
    leader = best_merit(campaign, found, model)
    best = leader.observation if leader else None
    return Knowledge(
        unit=campaign.unit,
        target_unit=campaign.table.targets[objective.target].unit,
        objective=objective,
        measured=measured,
        worths=tuple(merit.worth for merit in found),
        foretold=tuple(_foretold(campaign, state, observation) for observation in measured),
        scatter=_scatter(campaign, model),
        best_predicted=_best_predicted(campaign, state, model),
        best_measured=best,
        best_measured_worth=leader.worth if leader else float("nan"),
        best_measured_prediction=next(iter(_estimates(campaign, model, [best.x] if best else [])), None),
        upcoming=() if model is None or state.open_requests else _upcoming(campaign, state, model),
        requests=tuple(state.requests.values()),
        spent=state.spent,
        messages=(problem,) if model is None else tuple(str(text) for text in model.diagnostics_.get("messages", ())),
    )


def _foretold(campaign: Campaign, state: State, observation: Observation) -> Estimate | None:
    request = state.requests.get(observation.request_id or "")
    if request is None or not np.isfinite(request.reason.mean) or not at_its_temperature(campaign, observation):
        return None
    return Estimate(observation.label, request.reason.mean, request.reason.deviation)


def _estimates(
    campaign: Campaign, model: DataAssimilation | None, points: list[tuple[float, ...]]
) -> tuple[Estimate, ...]:
    if model is None or not points:
        return ()
    objective = objective_of(campaign)
    mean, deviation = FittedBelief(model, objective).moments(np.array(points), objective.target)
    return tuple(
        Estimate(campaign.space.label(x), float(m), float(s)) for x, m, s in zip(points, mean, deviation, strict=True)
    )


def _scatter(campaign: Campaign, model: DataAssimilation | None) -> float:
    if model is None:
        return float("nan")
    row = model.structure.index(campaign.table.objective.target)
    return float(np.sqrt(model.residual_covariance_[row, row]))


def _best_predicted(campaign: Campaign, state: State, model: DataAssimilation | None) -> Estimate | None:
    prediction = predicted_objective(campaign, state, model) if model else None
    best = None if prediction is None else prediction.best(objective_of(campaign))
    if prediction is None or best is None:
        return None
    label = campaign.space.label(prediction.X[best].tolist())
    return Estimate(label, float(prediction.mean[best]), float(prediction.deviation[best]))


def _upcoming(campaign: Campaign, state: State, model: DataAssimilation) -> tuple[Request, ...]:
    rng = generator(campaign, state.next_cycle, "choose")
    return next_requests(campaign.without_end(), state, model, state.next_cycle, rng)
