"""What a person looks at: a campaign as of one of its cycles, and how its history stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from loop.campaign import Campaign
from loop.control import Order
from loop.figures.data import Moment
from loop.figures.data.arrivals import arrivals
from loop.history import Overview
from loop.history.hdf5 import Plain
from loop.records import CycleRecord
from loop.retry import Trouble
from loop.state import State


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A campaign at a cycle.

    Parameters
    ----------
    called
        What a person calls it at the command line.
    moment
        As of the cycle; its records are without their arrays.
    count
        How many cycles were read by now.
    order
        What stands now; None where nothing was ordered.
    sealed_count
        How many cycles are sealed; more than ``count`` while they are still being read.
    pending
        What was decided about requests and values and no cycle has taken in yet, in words, by their ids.
    troubles
        Adapters that do not answer now.
    harm
        Why later cycles cannot be read; empty where they can.
    """

    called: str
    moment: Moment
    count: int
    sealed_count: int
    order: Order | None
    pending: Mapping[str, str]
    troubles: Sequence[Trouble]
    harm: str

    @property
    def campaign(self) -> Campaign:
        """As it was at the cycle."""
        return self.moment.campaign

    @property
    def state(self) -> State:
        """What was known after the cycle."""
        return self.moment.state

    @property
    def records(self) -> tuple[CycleRecord, ...]:
        """Of all cycles up to this one."""
        return self.moment.records

    @property
    def cycle(self) -> int:
        """Number of the cycle."""
        return len(self.records) - 1

    @property
    def is_newest(self) -> bool:
        """Whether nothing was sealed after it."""
        return self.cycle == self.count - 1

    @property
    def summary(self) -> Mapping[str, Plain]:
        """Of the cycle."""
        return self.records[-1].summary

    @cached_property
    def came_in(self) -> Mapping[str, int]:
        """In which cycle each value was first learned from, by its id."""
        return arrivals(self.records)

    def sealed(self, cycle: int) -> str:
        """When a cycle was sealed, ISO 8601, UTC; empty where that is not known."""
        return str(self.records[cycle].facts.get("sealed", ""))

    def overview(self) -> Overview:
        """How the history stood after the cycle."""
        requests = self.state.requests.values()
        statuses = [str(each.status) for each in requests]
        return Overview(
            cycles=len(self.records),
            observations=len(self.state.observations),
            quarantined=len(self.state.quarantine),
            requests={status: statuses.count(status) for status in set(statuses)},
            spent=self.state.spent,
            summary=self.summary,
            facts=self.records[-1].facts,
        )
