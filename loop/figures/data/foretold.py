"""Values that were foretold when they were asked for, and then observed: the only honest test of a model."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from loop.figures.data.arrivals import arrivals
from loop.figures.data.moment import Moment
from loop.objective import at_its_temperature
from loop.records import Observation, Request, Source


@dataclass(frozen=True)
class Foretold:
    """One value that was foretold and then observed.

    Parameters
    ----------
    observation
        What came.
    source
        Calculation or experiment.
    cycle
        When it was learned from.
    mean, deviation
        Of the noise-free quantity, as predicted when it was asked for.
    scatter
        Standard deviation of one value about the model, as known then where that is kept, else as known now.
    """

    observation: Observation
    source: Source
    cycle: int
    mean: float
    deviation: float
    scatter: float

    @property
    def z(self) -> float:
        """How many predictive standard deviations the value lies off; NaN where nothing was uncertain."""
        spread = math.hypot(self.deviation, self.scatter, self.observation.uncertainty or 0.0)
        return (self.observation.value - self.mean) / spread if spread > 0 else math.nan


def foretold(moment: Moment) -> tuple[Foretold, ...]:
    """Gather them, in the order in which they came; values that came unasked or before a model were not foretold.

    Parameters
    ----------
    moment
        As of when.
    """
    known, scatters, came = _scatters_then(moment), _scatters_now(moment), arrivals(moment.records)
    found = []
    for item in moment.state.observations:
        request = moment.state.requests.get(item.request_id or "")
        if request is None or not _is_foretold(moment, item, request):
            continue
        scatter = known.get((item.target, request.cycle), scatters.get(item.target, 0.0))
        source = moment.campaign.table.targets[item.target].source
        guess = request.reason
        found.append(Foretold(item, source, came[item.id], guess.mean, guess.deviation, scatter))
    return tuple(found)


def _is_foretold(moment: Moment, item: Observation, request: Request) -> bool:
    return (
        request.target == item.target
        and math.isfinite(request.reason.mean)
        and at_its_temperature(moment.campaign, item)
    )


def _scatters_then(moment: Moment) -> dict[tuple[str, int], float]:
    """Of the objective's target every cycle keeps it."""
    target = moment.campaign.table.objective.target
    return {
        (target, record.number): float(record.summary["scatter"])
        for record in moment.records
        if "scatter" in record.summary
    }


def _scatters_now(moment: Moment) -> Mapping[str, float]:
    model = moment.model
    if model is None:
        return {}
    variances = np.diag(model.residual_covariance_)
    return {name: float(np.sqrt(variances[model.structure.index(name)])) for name in moment.campaign.targets}
