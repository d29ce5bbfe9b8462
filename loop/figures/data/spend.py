"""What was spent, by slot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loop.figures.data.moment import Moment
from loop.figures.data.table import Table, column
from loop.records import Request


@dataclass(frozen=True, eq=False)
class Spend:
    """Cost of what was asked of each of s slots until each of n cycles.

    Parameters
    ----------
    unit
        Of the cost.
    cycles
        Numbers, (n,).
    slots, sources
        Names, and whether they calculate or measure, (s,).
    counts
        Requests until each cycle, that cycle included, (n, s).
    costs
        Their cost, (n, s).
    """

    unit: str
    cycles: np.ndarray
    slots: tuple[str, ...]
    sources: tuple[str, ...]
    counts: np.ndarray
    costs: np.ndarray

    def table(self) -> Table:
        """One row a cycle, two columns a slot."""
        columns = [column("cycle", self.cycles)]
        for place, name in enumerate(self.slots):
            columns += [column(f"requests to {name}", self.counts[:, place])]
            columns += [column(f"cost of {name}", self.costs[:, place], self.unit)]
        return Table("Spent so far, by slot", tuple(columns))


def spend(moment: Moment) -> Spend:
    """Add up what was asked; a request counts when it is made.

    Parameters
    ----------
    moment
        As of when.
    """
    slots = _slots(moment)
    asked = [record.requests for record in moment.records]
    counts = np.array([[len(_of(name, requests)) for name in slots] for requests in asked], dtype=int)
    costs = np.array([[sum(each.cost for each in _of(name, requests)) for name in slots] for requests in asked])
    shape = (len(asked), len(slots))
    return Spend(
        unit=moment.campaign.table.cost_unit,
        cycles=np.array([record.number for record in moment.records], dtype=int),
        slots=tuple(slots),
        sources=tuple(slots.values()),
        counts=np.cumsum(counts.reshape(shape), axis=0),
        costs=np.cumsum(costs.reshape(shape).astype(float), axis=0),
    )


def _slots(moment: Moment) -> dict[str, str]:
    """Slots and their sources: those of the campaign, and those that a campaign had before it was changed."""
    now = {slot.table.name: slot.source.value for slot in moment.campaign.slots}
    return now | {each.adapter: each.source.value for each in moment.state.requests.values() if each.adapter not in now}


def _of(slot: str, requests: tuple[Request, ...]) -> list[Request]:
    return [each for each in requests if each.adapter == slot]
