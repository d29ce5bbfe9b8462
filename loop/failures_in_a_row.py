"""How many requests of each slot failed one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from loop.records import Request, Status, StatusChange


def failures_after(
    before: Mapping[str, int], changes: Iterable[StatusChange], requests: Mapping[str, Request]
) -> dict[str, int]:
    """Count on; a value begins anew, what was given up counts for nothing.

    Parameters
    ----------
    before
        Failures in a row by slot.
    changes
        Requests that moved on.
    requests
        By id.
    """
    counts = dict(before)
    for change in changes:
        slot = requests[change.request_id].adapter
        if change.status is Status.DONE:
            counts[slot] = 0
        elif change.status in {Status.FAILED, Status.UNKNOWN}:
            counts[slot] = counts.get(slot, 0) + 1
    return counts
