"""Giving up on everything that is under way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from loop.records import CycleRecord, Request, Status, StatusChange
from loop.secret import concealed
from loop.state import CANCELLATION, REFOLD, STATISTICS, State


class Cancelling(Protocol):
    """What giving up asks of an adapter."""

    def cancel(self, request_id: str) -> None:
        """Give up on a request."""


def cancelled(
    adapters: Mapping[str, Cancelling], requests: Iterable[Request], reason: str, secrets: Sequence[str] = ()
) -> tuple[StatusChange, ...]:
    """Have adapters give up on requests; repeatable, and one that fails to does not keep the others from it.

    Parameters
    ----------
    adapters
        By slot.
    requests
        To be given up.
    reason
        Why.
    secrets
        Concealed in what adapters say, see :func:`~loop.secret.secrets_of`.

    Returns
    -------
    tuple of StatusChange
        One a request, by id: cancelled; unknown where the adapter did not take it; rejected where it was not approved.
    """
    # Instruments first: they are what can do harm.
    order = sorted(requests, key=lambda request: request.source != "experiment")
    changes = (_given_up(adapters, each, reason, secrets) for each in order)
    return tuple(sorted(changes, key=lambda change: change.request_id))


def cancellation(state: State, changes: tuple[StatusChange, ...], reason: str) -> CycleRecord:
    """Say in the history that requests were given up; what was learned stays as it is.

    Parameters
    ----------
    state
        What is known.
    changes
        As :func:`cancelled` gives them.
    reason
        Why.
    """
    statistics = state.statistics.to_arrays() if state.statistics is not None else {}
    return CycleRecord(
        number=state.next_cycle,
        changes=changes,
        arrays={STATISTICS + name: array for name, array in statistics.items()},
        summary={
            REFOLD: CANCELLATION,
            "reason": reason,
            "observations": len(state.observations),
            "spent": state.spent,
            "stopped": state.stopped,
        },
    )


def _given_up(
    adapters: Mapping[str, Cancelling], request: Request, reason: str, secrets: Sequence[str]
) -> StatusChange:
    if not request.status.is_sent:  # no adapter knows it, and nothing was spent
        return StatusChange(request_id=request.id, status=Status.REJECTED, note=reason)
    try:
        adapters[request.adapter].cancel(request.id)
    except Exception as error:
        note = f"the adapter of slot {request.adapter!r} did not cancel it: {error!r}"
        return StatusChange(request_id=request.id, status=Status.UNKNOWN, note=concealed(note, secrets))
    return StatusChange(request_id=request.id, status=Status.CANCELLED, note=reason)
