"""From a campaign to its model of calculation and experiment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from loop.assimilation import DataAssimilation, KeptRows, LaboratoryAssimilation, Statistics, Structure
from loop.basis_functions import active_functions, basis_of
from loop.campaign import Campaign
from loop.magnetism import LawModel


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

    @property
    def temperature(self) -> float | None:
        """At which it was measured, in K; None where that does not matter, or is the target's own."""


def structure_of(campaign: Campaign) -> Structure:
    """Which target leans on which, as the campaign file says."""
    targets = {name: target for name, target in campaign.table.targets.items() if target.law is None}
    return Structure(
        targets=tuple(targets),
        sources=tuple(str(target.source) for target in targets.values()),
        parents={name: target.parents for name, target in targets.items() if target.parents},
        active={
            name: active_functions(campaign.space, target.active)
            for name, target in targets.items()
            if target.active is not None
        },
    )


def statistics_of(campaign: Campaign, observations: Sequence[Valued]) -> Statistics:
    """Sufficient statistics of observations, one row each (their noises are independent).

    The rows themselves where the model needs them: values under a law of temperature, offsets of laboratories.
    """
    if keeps_rows(campaign):
        return _kept(campaign, observations)
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
    basis, structure, table = basis_of(campaign), structure_of(campaign), campaign.table.model
    rng = generator(campaign, cycle, "fit")
    under = campaign.under_law
    if under is not None:
        return LawModel(
            basis, structure, under, table.estimator, rng, laboratory_offsets=table.laboratory_offsets
        )  # fmt: skip
    kind = LaboratoryAssimilation if table.laboratory_offsets else DataAssimilation
    return kind(basis, structure, estimator=table.estimator, random_state=rng)


def keeps_rows(campaign: Campaign) -> bool:
    """Whether the campaign's model needs the rows themselves."""
    return campaign.table.model.laboratory_offsets or campaign.under_law is not None


def model_targets(campaign: Campaign) -> tuple[str, ...]:
    """Names of the targets in the order of the model: those under a law last."""
    targets = campaign.table.targets
    return tuple(sorted(targets, key=lambda name: targets[name].law is not None))


def _kept(campaign: Campaign, observations: Sequence[Valued]) -> KeptRows:
    targets, n = model_targets(campaign), len(observations)
    X = np.array([each.x for each in observations], dtype=float).reshape(n, len(campaign.space.names))
    return KeptRows(
        basis_of(campaign).size,
        len(targets),
        (),
        X,
        np.array([targets.index(each.target) for each in observations], dtype=np.intp),
        np.array([each.value for each in observations], dtype=float),
        np.array([each.uncertainty or 0.0 for each in observations], dtype=float),
        np.array([np.nan if each.temperature is None else each.temperature for each in observations], dtype=float),
        tuple(laboratory_of(each) for each in observations),
    )


def laboratory_of(item: Valued) -> str:
    """Who measured: the laboratory, else the publication; empty where neither is known."""
    origin = getattr(item, "provenance", item)
    return str(getattr(origin, "laboratory", "") or getattr(origin, "citation", ""))


_PURPOSES = ("choose", "fit", "stop")


def generator(campaign: Campaign, cycle: int, purpose: str) -> np.random.Generator:
    """The random numbers of one purpose in one cycle: the same whenever the cycle is done, or done again."""
    key = (cycle, _PURPOSES.index(purpose))
    return np.random.default_rng(np.random.SeedSequence(campaign.table.seed, spawn_key=key))
