"""When values came in."""

from __future__ import annotations

from collections.abc import Iterable

from loop.records import CycleRecord


def arrivals(records: Iterable[CycleRecord]) -> dict[str, int]:
    """Cycle in which each observation was learned from first, by its id; a migration carries it over, not in."""
    found: dict[str, int] = {}
    for record in records:
        for observation in record.observations:
            found.setdefault(observation.id, record.number)
    return found
