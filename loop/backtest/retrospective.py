"""One retrospective campaign, run to its end in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from loop.backtest.worth import Point
from loop.campaign import Campaign
from loop.cycle import Cycle
from loop.errors import CampaignError
from loop.protocols import Retrospective, Simulator
from loop.records import CycleRecord
from loop.slots import adapters_of, candidates_of, plugins_of
from loop.state import State


@dataclass(frozen=True)
class Measured:
    """One measurement of the objective.

    Parameters
    ----------
    x
        Where; None where the value had no point.
    believed
        Whether it was admitted: what is put aside was paid for, and found nothing.
    spent
        Cost of everything asked until it came in, the calculations beside it included.
    """

    x: Point | None
    believed: bool
    spent: float


@dataclass(frozen=True)
class Backtest:
    """One retrospective campaign.

    Parameters
    ----------
    seed
        Its seed.
    measured
        In the order in which they came in.
    needed
        Measurements until the first acceptable one, itself and the start included; None where none was reached.
    """

    seed: int
    measured: tuple[Measured, ...]
    needed: int | None


def backtest(
    campaign: Campaign, seed: int, acceptable: frozenset[Point] = frozenset(), *, shuffled: bool = False
) -> Backtest:
    """Run a retrospective campaign to its end, or to the first acceptable measurement.

    Parameters
    ----------
    campaign
        All of whose slots are retrospective.
    seed
        Replaces the campaign's own.
    acceptable
        Points at which it may end; none runs to the campaign's own end.
    shuffled
        Draw the order of the candidates by the seed: rules ask for the first of equals, and tables tend to begin with
        the best.

    Raises
    ------
    CampaignError
        Where a slot would do something to the world.
    """
    seeded = campaign.with_seed(seed)
    adapters = adapters_of(seeded, plugins_of(seeded), Path())
    _require_retrospective(seeded, adapters)
    candidates = candidates_of(seeded, adapters)
    cycle, state = Cycle(seeded, _shuffled(candidates, seed) if shuffled else candidates), State()
    measured: list[Measured] = []
    while True:
        news = [item for adapter in adapters.values() for item in sorted(adapter.collect(), key=_order)]
        record = cycle(state, news)
        measured += _measured(campaign, record, state.spent)
        hits = [number for number, each in enumerate(measured, 1) if each.believed and each.x in acceptable]
        if hits:
            return Backtest(seed, tuple(measured[: hits[0]]), hits[0])
        state = state.after(record)
        if state.is_over or not (record.requests or record.observations):
            return Backtest(seed, tuple(measured), None)
        for request in record.requests:
            adapters[request.adapter].submit(request)


def _measured(campaign: Campaign, record: CycleRecord, spent: float) -> list[Measured]:
    target = campaign.table.objective.target
    believed = [Measured(item.x, True, spent) for item in record.observations if item.target == target]
    return believed + [Measured(item.x, False, spent) for item in record.quarantined if item.target == target]


def _shuffled(candidates: Mapping[str, np.ndarray], seed: int) -> dict[str, np.ndarray]:
    """Each in an order of its own that depends on nothing but the seed and the candidates."""
    return {slot: np.random.default_rng([seed, len(X)]).permutation(X) for slot, X in candidates.items()}


def _require_retrospective(campaign: Campaign, adapters: Mapping[str, Simulator]) -> None:
    for slot in campaign.slots:
        name = slot.table.name
        if slot.table.asks and not isinstance(adapters[name], Retrospective):
            raise CampaignError(
                f"{campaign.name}: the slot {name!r} ({slot.table.adapter}) is not retrospective: a backtest would "
                "send it real requests; give it a pool or an archive of values that exist"
            )


def _order(item: object) -> str:
    return str(getattr(item, "request_id", None))
