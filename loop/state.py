"""What a campaign knows between two cycles: the fold of its sealed records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from loop.assimilation import Statistics
from loop.errors import HistoryError
from loop.failures_in_a_row import failures_after
from loop.judged import Judged, judged_after
from loop.records import CycleRecord, Observation, Quarantined, Request, Source, Status, StatusChange

CANDIDATES = "candidates/"
STATISTICS = "statistics/"
REFOLD, MIGRATION, RETRACTION = "refold", "migration", "retraction"
ACCEPTANCE, REJECTION = "acceptance", "rejection"
CANCELLATION = "cancellation"


@dataclass(frozen=True, kw_only=True)
class State:
    """Everything known, as a fold of records.

    Parameters
    ----------
    next_cycle
        Number of the cycle that comes next.
    observations
        Admitted values, in order of admission: the truth.
    quarantine
        What was not admitted.
    requests
        Everything ever asked, by id, with its present status.
    candidates
        Points each slot can be asked for, shape (n, d), as sealed with the first cycle.
    statistics
        Sufficient statistics of the observations: a cache of them. None before the first cycle, and where the last
        record was read without its arrays.
    stopped
        Why the campaign is over; empty while it is not.
    failures
        Requests of each slot that failed one after the other until now, by slot.
    judged
        The last values of each slot and whether they were suspicious, by slot.
    decided
        Number of the first decision that no cycle has taken in.
    """

    next_cycle: int = 0
    observations: tuple[Observation, ...] = ()
    quarantine: tuple[Quarantined, ...] = ()
    requests: Mapping[str, Request] = field(default_factory=dict)
    candidates: Mapping[str, np.ndarray] = field(default_factory=dict)
    statistics: Statistics | None = None
    stopped: str = ""
    failures: Mapping[str, int] = field(default_factory=dict)
    judged: Mapping[str, tuple[Judged, ...]] = field(default_factory=dict)
    decided: int = 0

    def after(self, record: CycleRecord) -> State:
        """Fold one record in.

        Parameters
        ----------
        record
            The record of cycle ``next_cycle``.
        """
        requests = self.moved(record.changes, record.requests).requests
        candidates = below(record.arrays, CANDIDATES)
        is_migration = record.summary.get(REFOLD) == MIGRATION
        return replace(
            self,
            next_cycle=record.number + 1,
            observations=self._observations_after(record),
            quarantine=self._quarantine_after(record),
            requests=requests,
            candidates=candidates if is_migration else {**self.candidates, **candidates},
            statistics=statistics_of(record),
            stopped=str(record.summary.get("stopped", "")),
            failures=failures_after(self.failures, record.changes, requests),
            judged=judged_after(self.judged, record),
            decided=max([self.decided, *(each.number + 1 for each in record.decisions)]),
        )

    def moved(self, changes: Iterable[StatusChange], made: Iterable[Request]) -> State:
        """The same state with requests that moved on, and new ones.

        Parameters
        ----------
        changes, made
            As a record has them.
        """
        requests = dict(self.requests)
        for change in changes:
            if change.request_id not in requests:
                raise HistoryError(
                    f"cycle {self.next_cycle} changes the request {change.request_id!r}, which no earlier cycle made"
                )
            requests[change.request_id] = requests[change.request_id].with_status(change.status)
        return replace(self, requests=requests | {request.id: request for request in made})

    def _observations_after(self, record: CycleRecord) -> tuple[Observation, ...]:
        match record.summary.get(REFOLD):
            case "migration":
                return record.observations
            case "retraction":
                taken = {item.id for item in record.quarantined}
                return tuple(item for item in self.observations if item.id not in taken)
            case _:
                return self.observations + record.observations

    def _quarantine_after(self, record: CycleRecord) -> tuple[Quarantined, ...]:
        match record.summary.get(REFOLD):
            case "acceptance":
                taken = {item.id for item in record.observations}
                return tuple(item for item in self.quarantine if item.id not in taken)
            case "rejection":
                judged = {item.id: item for item in record.quarantined}
                return tuple(judged.get(item.id, item) for item in self.quarantine)
            case _:
                return self.quarantine + record.quarantined

    @property
    def open_requests(self) -> list[Request]:
        """Requests that may still be answered, in the order they were made."""
        return [request for request in self.requests.values() if request.status.is_open]

    @property
    def under_way(self) -> list[Request]:
        """Open requests that adapters know, or are to know."""
        return [request for request in self.open_requests if request.status.is_sent]

    @property
    def awaiting_approval(self) -> list[Request]:
        """Requests that wait until somebody decides."""
        return [request for request in self.open_requests if not request.status.is_sent]

    @property
    def known_keys(self) -> frozenset[str]:
        """Provenance keys of everything that ever came in."""
        return frozenset([item.id for item in self.observations] + [item.id for item in self.quarantine])

    @property
    def is_over(self) -> bool:
        """Whether the campaign has stopped and no answer is outstanding."""
        return bool(self.stopped) and not self.open_requests

    def values_of(self, target: str) -> list[Observation]:
        """Observations of one target, in order of admission."""
        return [observation for observation in self.observations if observation.target == target]

    def points_of(self, target: str) -> np.ndarray | None:
        """Points (n, d) of the observations of one target; None where there is none."""
        points = [observation.x for observation in self.values_of(target)]
        return np.array(points) if points else None

    def count(self, source: Source) -> int:
        """How many requests of a kind were made, without those that were rejected."""
        made = (request for request in self.requests.values() if request.status is not Status.REJECTED)
        return sum(request.source is source for request in made)

    @property
    def spent(self) -> float:
        """Cost of everything asked but what was rejected, in the campaign's cost unit, from when it is asked."""
        made = (request for request in self.requests.values() if request.status is not Status.REJECTED)
        return float(sum(request.cost for request in made))


def fold(records: Iterable[CycleRecord]) -> State:
    """Fold records, from cycle 0 on, into a state."""
    state = State()
    for record in records:
        state = state.after(record)
    return state


def statistics_of(record: CycleRecord) -> Statistics | None:
    """Sufficient statistics as sealed; None where the record was read without them."""
    arrays = below(record.arrays, STATISTICS)
    return Statistics.from_arrays(arrays) if arrays else None


def below(arrays: Mapping[str, np.ndarray], prefix: str) -> dict[str, np.ndarray]:
    """Arrays whose names begin so, by the rest of their names."""
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}
