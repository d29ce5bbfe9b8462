"""How a campaign would have gone: retrospective campaigns in memory, without history or scheduler."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from loop.campaign import Campaign
from loop.cycle import Cycle
from loop.errors import CampaignError
from loop.protocols import Retrospective, Simulator
from loop.slots import adapters_of, candidates_of, plugins_of
from loop.state import State

Point = tuple[float, ...]


@dataclass(frozen=True)
class Chance:
    """What asking at random needs.

    Parameters
    ----------
    candidates
        Points that can be measured, n.
    acceptable
        Those whose worth lies within the tolerance of the best, k.
    """

    candidates: int
    acceptable: frozenset[Point]

    @property
    def measurements(self) -> float:
        """Mean number of draws without replacement until the first acceptable one, (n + 1)/(k + 1)."""
        return (self.candidates + 1) / (len(self.acceptable) + 1)


@dataclass(frozen=True)
class Backtest:
    """One retrospective campaign.

    Parameters
    ----------
    seed
        Its seed.
    order
        Points in the order in which they were measured.
    needed
        Measurements until the first acceptable one, itself and the start included; None where none was reached.
    """

    seed: int
    order: tuple[Point, ...]
    needed: int | None


def chance(campaign: Campaign, tolerance: float = 0.03) -> Chance:
    """What asking at random needs in a retrospective campaign.

    Parameters
    ----------
    campaign
        Its objective's instrument must be retrospective.
    tolerance
        Relative distance from the best that is accepted.

    Raises
    ------
    CampaignError
        Where the instrument of the objective has no data of its own.
    """
    truth = truth_of(campaign, adapters_of(campaign, plugins_of(campaign), Path()))
    sign = 1.0 if campaign.table.objective.goal == "maximize" else -1.0
    best = max(sign * value for value in truth.values())
    acceptable = {x for x, value in truth.items() if best - sign * value <= tolerance * abs(best)}
    return Chance(len(truth), frozenset(acceptable))


def truth_of(campaign: Campaign, adapters: dict[str, Simulator]) -> dict[Point, float]:
    """Worth of every point of the objective's retrospective instruments (see :func:`chance`)."""
    truth: dict[Point, float] = {}
    for slot in campaign.slots:
        adapter = adapters[slot.table.name]
        if slot.table.target == campaign.table.objective.target and isinstance(adapter, Retrospective):
            truth |= adapter.truth()
    if not truth:
        raise CampaignError(f"{campaign.name}: no instrument of {campaign.table.objective.target!r} is retrospective")
    return truth


def backtest(campaign: Campaign, seed: int, acceptable: frozenset[Point] = frozenset()) -> Backtest:
    """Run a retrospective campaign to its end, or to the first acceptable measurement.

    Parameters
    ----------
    campaign
        All of whose slots answer within a cycle.
    seed
        Replaces the campaign's own.
    acceptable
        Points at which it may end; none runs to the campaign's own end.
    """
    seeded = campaign.with_seed(seed)
    adapters = adapters_of(seeded, plugins_of(seeded), Path())
    cycle, state = Cycle(seeded, candidates_of(seeded, adapters)), State()
    target = campaign.table.objective.target
    while True:
        news = [item for adapter in adapters.values() for item in sorted(adapter.collect(), key=_order)]
        record = cycle(state, news)
        state = state.after(record)
        order = tuple(observation.x for observation in state.values_of(target))
        hits = [index for index, x in enumerate(order) if x in acceptable]
        if hits:
            return Backtest(seed, order[: hits[0] + 1], hits[0] + 1)
        if state.is_over or not (record.requests or record.observations):
            return Backtest(seed, order, None)
        for request in record.requests:
            adapters[request.adapter].submit(request)


def expected_best(values: np.ndarray) -> np.ndarray:
    """Expected maximum of the first k of n values drawn in random order, for k = 1 … n.

    Parameters
    ----------
    values
        Shape (n,).

    Returns
    -------
    np.ndarray
        Shape (n,): the i-th smallest is the largest of k with probability C(i−1, k−1)/C(n, k).
    """
    ordered = np.sort(np.asarray(values, dtype=float))
    n = len(ordered)
    best = np.empty(n)
    probability = np.full(n, 1.0 / n)
    for k in range(1, n + 1):
        best[k - 1] = probability @ ordered
        # From k to k + 1: multiply by (i − k)(k + 1) / (k (n − k)), i counted from 1.
        if k < n:
            probability = probability * np.maximum(np.arange(1, n + 1) - k, 0) * (k + 1) / (k * (n - k))
    return best


def _order(item: object) -> str:
    return str(getattr(item, "request_id", None))
