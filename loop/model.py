"""From a campaign to its model of calculation and experiment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from loop.assimilation import DataAssimilation, Statistics, Structure
from loop.basis_functions import active_functions, basis_of
from loop.campaign import Campaign


class Valued(Protocol):
    """A value of one target at one design point: an observation, or a reading that is still to be judged."""

    @property
    def target(self) -> str:
        """Name of the target."""

    @property
    def x(self) -> tuple[float, ...]:
        """Design point."""

    @property
    def value(self) -> float:
        """In the target's unit."""

    @property
    def uncertainty(self) -> float | None:
        """Standard uncertainty, None where none is stated."""


def structure_of(campaign: Campaign) -> Structure:
    """Which target leans on which, as the campaign file says."""
    targets = campaign.table.targets
    return Structure(
        targets=campaign.targets,
        sources=tuple(str(target.source) for target in targets.values()),
        parents={name: target.parents for name, target in targets.items() if target.parents},
        active={
            name: active_functions(campaign.space, target.active)
            for name, target in targets.items()
            if target.active is not None
        },
    )


def statistics_of(campaign: Campaign, observations: Sequence[Valued]) -> Statistics:
    """Sufficient statistics of observations, one row each (their noises are independent)."""
    targets = campaign.targets
    X = np.array([observation.x for observation in observations], dtype=float).reshape(-1, len(campaign.space.names))
    Y = np.full((len(observations), len(targets)), np.nan)
    std = np.zeros_like(Y)
    for row, observation in enumerate(observations):
        column = targets.index(observation.target)
        Y[row, column], std[row, column] = observation.value, observation.uncertainty or 0.0
    return Statistics.of(basis_of(campaign), len(targets), X, Y, std if std.any() else None)


def fit_model(campaign: Campaign, statistics: Statistics, cycle: int) -> DataAssimilation:
    """Fit the campaign's model; a pure function of its arguments.

    Parameters
    ----------
    campaign
        Gives structure, basis, estimator and seed.
    statistics
        Of everything observed.
    cycle
        Number of the cycle; with the seed it sets the random state.

    Raises
    ------
    EstimationError
        Where the data cannot determine the model.
    """
    return unfitted(campaign, cycle).fit_statistics(statistics)


def unfitted(campaign: Campaign, cycle: int) -> DataAssimilation:
    """Make the campaign's model, before any data.

    Raises
    ------
    CampaignError
        Where the basis does not fit the space, or lacks a function that a target names.
    """
    return DataAssimilation(
        basis_of(campaign),
        structure_of(campaign),
        estimator=campaign.table.model.estimator,
        random_state=generator(campaign, cycle, "fit"),
    )


_PURPOSES = ("choose", "fit", "stop")


def generator(campaign: Campaign, cycle: int, purpose: str) -> np.random.Generator:
    """The random numbers of one purpose in one cycle: the same whenever the cycle is done, or done again."""
    key = (cycle, _PURPOSES.index(purpose))
    return np.random.default_rng(np.random.SeedSequence(campaign.table.seed, spawn_key=key))
