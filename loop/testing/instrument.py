"""The conformance suite of what acts on the world."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence

from loop.protocols import Simulator, SlotContext
from loop.records import Failure, Request
from loop.testing.requests import request_at
from loop.testing.simulator import SimulatorSuite, require

Acts = Sequence[tuple[str, float]]


class InstrumentSuite(SimulatorSuite):
    """What :class:`~loop.testing.SimulatorSuite` asks, and that nothing is ever done twice or without a mark.

    Subclass it like that one and say, besides, where the marks are, what was done, and how a crash comes about.
    """

    def marks(self, context: SlotContext) -> Mapping[str, float]:
        """By request id, when its *started* mark was made (seconds since 1970); to be overridden."""
        raise NotImplementedError("give the times of the started marks")

    def acts(self, context: SlotContext) -> Acts:
        """Everything that was done to the world: request id and time (seconds since 1970); to be overridden."""
        raise NotImplementedError("give what was done to the world")

    def cut_short(self, context: SlotContext, request: Request) -> None:
        """Submit a request and let the adapter die after it acted and before it answers; to be overridden."""
        raise NotImplementedError("let the adapter die in the middle of a request")

    def test_a_started_mark_precedes_every_action(self, context: SlotContext) -> None:
        """Nothing is done for a request before its mark is there."""
        adapter, requests = self._asked(context)
        self._answers(adapter, requests)
        marks, acts = self.marks(context), self.acts(context)
        require(bool(acts), "nothing was done")
        early = [name for name, moment in acts if name not in marks or marks[name] > moment]
        require(not early, f"acted before the started mark: {sorted(set(early))}")

    def test_submitted_again_nothing_is_done_again(self, context: SlotContext) -> None:
        """A request that has its answer is left alone, also by a new adapter in the same folder."""
        adapter, requests = self._asked(context)
        self._answers(adapter, requests)
        done = sorted(self.acts(context))
        again = self._make(context)
        for request in requests:
            adapter.submit(request)
            again.submit(request)
        self._answers(again, requests)
        require(sorted(self.acts(context)) == done, "a request that was answered is done again when it is submitted")

    def test_cut_short_it_is_unknown_and_never_repeated(self, context: SlotContext) -> None:
        """Started and without an outcome after a crash: unknown, a person decides."""
        request = self._first_request(context)
        self.cut_short(context, request)
        done = [act for act in self.acts(context) if act[0] == request.id]
        again = self._make(context)
        again.submit(request)
        answer = self._answers(again, [request])[request.id]
        require(isinstance(answer, Failure) and answer.unknown, f"expected an unknown outcome, found {answer}")
        require(
            [act for act in self.acts(context) if act[0] == request.id] == done,
            "what was cut short was done again",
        )

    def test_cancelled_while_it_runs_it_ends(self, context: SlotContext) -> None:
        """Cancelling ends the work within the suite's patience, and nothing is answered."""
        request = self._first_request(context)
        adapter = self._make(context)
        adapter.submit(request)
        adapter.cancel(request.id)
        time.sleep(0.2)
        answered = {item.request_id for item in adapter.collect()}
        require(request.id not in answered, "a cancelled request is answered")
        require(request.id not in dict(adapter.poll()), "a cancelled request is still polled")

    def _first_request(self, context: SlotContext) -> Request:
        adapter: Simulator = self._make(context)
        return request_at(context, self.points(context, adapter)[0])
