"""Calculations that exist already, wherever they are: handed over unasked, or one composition at a time."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from adapters.dft import Calculation, RejectedCalculation
from adapters.simulators.answering import require_magnetization, result_of
from loop.errors import DataError
from loop.protocols import SlotContext
from loop.records import Failure, Provenance, Request, Result, content_key

_SAME_POINT = 1e-6


class Existing(ABC):
    """A collection of calculations that nobody adds to on request.

    Parameters
    ----------
    context
        See :class:`~loop.protocols.SlotContext`.
    unasked
        Hand over every calculation that is found; else only answers to requests.

    Raises
    ------
    CampaignError
        Where the design space has no formula, or the target is no magnetization.
    """

    def __init__(self, context: SlotContext, *, unasked: bool) -> None:
        require_magnetization(context)
        self._context = context
        self._unasked = unasked
        self._wanted: dict[str, Request] = {}

    @abstractmethod
    def found(self) -> list[Calculation | RejectedCalculation]:
        """Everything that is there, in a reproducible order."""

    @abstractmethod
    def called(self, file: str) -> str:
        """Name of a file or entry, as the history shall call it."""

    def submit(self, request: Request) -> None:
        """Take note of a request; there is nobody to tell."""
        self._wanted[request.id] = request

    def poll(self) -> Mapping[str, str]:
        """A request is done once a calculation of its composition is there."""
        done = {item.request_id for item in self.collect()}
        return {name: "done" if name in done else "waiting for a calculation of it" for name in self._wanted}

    def collect(self) -> Iterable[Result | Failure]:
        """Hand over what is there."""
        placed = [self._placed(one) for one in self.found()]
        answers = self._answers([item for item in placed if isinstance(item, Result)])
        if not self._unasked:
            return [item for item in answers if item.request_id is not None]
        return [*answers, *(item for item in placed if isinstance(item, Failure))]

    def cancel(self, request_id: str) -> None:
        """Forget a request."""
        self._wanted.pop(request_id, None)

    def candidates(self) -> Sequence[Sequence[float]]:
        """Points of the calculations that are there: nobody makes others."""
        return sorted(self.truth())

    def truth(self) -> Mapping[tuple[float, ...], float]:
        """What each point is worth, in the unit of the slot: the median of its calculations. For backtests only."""
        values: dict[tuple[float, ...], list[float]] = {}
        for one in self.found():
            item = self._placed(one)
            if isinstance(item, Result):
                values.setdefault(item.x, []).append(item.value)
        return {x: float(np.median(some)) for x, some in values.items()}

    def _placed(self, one: Calculation | RejectedCalculation) -> Result | Failure:
        if isinstance(one, RejectedCalculation):
            return self._refusal(one.file, one.reason, one.remedy)
        # The rows of a table share their file.
        key = content_key(*sorted(one.files.values()), one.formula, one.moment_per_cell)
        try:
            place = self._context.space.point_of(one.composition)
            return result_of(self._context, one, place, None, key, self.called(one.path))
        except DataError as error:
            return self._refusal(one.path, str(error), "Leave it out, or widen the design space.")

    def _answers(self, results: list[Result]) -> list[Result]:
        """Let the first result at a requested point answer the request."""
        free = dict(self._wanted)
        found: list[Result] = []
        for result in results:
            name = next((name for name, request in free.items() if _same(result.x, request.x)), None)
            if name is not None:
                del free[name]
            found.append(replace(result, request_id=name))
        return found

    def _refusal(self, file: str, reason: str, remedy: str) -> Failure:
        where = self.called(file)
        return Failure(
            request_id=None,
            target=self._context.target,
            label=where,
            reason=f"{where}: {reason}",
            remedy=remedy,
            provenance=Provenance(key=content_key(where, reason), adapter=self._context.slot, file=where),
        )


def _same(x: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return max(abs(a - b) for a, b in zip(x, other, strict=True)) < _SAME_POINT
