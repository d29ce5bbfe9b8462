"""Who approves in a counterfactual: people decide as they did, and let through what they were never asked."""

from __future__ import annotations

from collections.abc import Iterable

from loop.records import CycleRecord, Decision, Request, Ruling
from loop.state import State

Place = tuple[str, tuple[float, ...]]


class Decided:
    """The decisions of a recorded history, by slot and point.

    Parameters
    ----------
    records
        Its cycles.
    state
        Their fold.
    """

    def __init__(self, records: Iterable[CycleRecord], state: State) -> None:
        held = [each for record in records for each in record.decisions if not each.refused]
        self._known = {_place(state.requests[each.request_id]): each for each in held}

    def about(self, request: Request) -> list[Decision]:
        """Decide about a request.

        Parameters
        ----------
        request
            Of the counterfactual; it waits for approval.

        Returns
        -------
        list of Decision
            The recorded one, then an approval, which holds where the recorded one cannot.
        """
        approved = Decision(request_id=request.id, ruling=Ruling.APPROVED)
        known = self._known.get(_place(request))
        if known is None or known.ruling is Ruling.APPROVED:
            return [approved]
        return [Decision(request_id=request.id, ruling=known.ruling, reason=known.reason, x=known.x), approved]


def _place(request: Request) -> Place:
    return request.adapter, request.x
