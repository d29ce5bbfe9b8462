"""A campaign's model as the judge of values: what it learns from readings, and what it foretells of others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from threadpoolctl import threadpool_limits

from loop.assimilation import DataAssimilation
from loop.campaign import Campaign
from loop.innovation import Forecast, Forecaster, Learn, Reading
from loop.model import fit_model, statistics_of


@dataclass(frozen=True)
class Foreteller:
    """Predictions of an assimilation, as forecasts.

    Parameters
    ----------
    model
        Fitted.
    """

    model: DataAssimilation

    def __call__(self, readings: Sequence[Reading]) -> Forecast:
        """Foretell readings of any of the model's targets."""
        mean, deviation, scatter = (np.empty(len(readings)) for _ in range(3))
        T = np.array([np.nan if reading.temperature is None else reading.temperature for reading in readings])
        targets = np.array([reading.target for reading in readings])
        X = np.array([reading.x for reading in readings])
        for target in dict.fromkeys(targets.tolist()):
            rows = targets == target
            with threadpool_limits(limits=1):
                mean[rows], deviation[rows], variance = self.model.foretell(X[rows], target, T[rows])
            scatter[rows] = np.sqrt(variance)
        return Forecast(mean, deviation, scatter)


def learner(campaign: Campaign) -> Learn:
    """Make what fits a campaign's model to readings.

    Parameters
    ----------
    campaign
        Gives structure, basis, estimator and seed.
    """

    def learn(readings: Sequence[Reading]) -> Forecaster:
        with threadpool_limits(limits=1):
            return Foreteller(fit_model(campaign, statistics_of(campaign, readings), 0))

    return learn
