"""The conformance suite of simulators and instruments."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import ClassVar

import numpy as np
import pytest

from loop.errors import CampaignError, DataError, NotSentError
from loop.protocols import API_VERSION, AdapterFactory, Announcing, Retrospective, Settling, Simulator, SlotContext
from loop.records import Failure, Request, Result
from loop.retry import passes
from loop.space import scattered
from loop.testing.requests import request_at

Answers = dict[str, Result | Failure]


class SimulatorSuite:
    """Subclass it, name the class ``Test…``, set :attr:`factory` and give a ``context`` fixture.

    An adapter whose answers need something to happen outside overrides :meth:`happen`, one that depends on something
    that may be away :meth:`away`.
    """

    factory: ClassVar[AdapterFactory]
    """What the entry point refers to."""
    patience: ClassVar[float] = 30.0
    """Seconds within which requests are answered."""

    @pytest.fixture
    def context(self) -> SlotContext:
        """Give the slot to test in; to be overridden."""
        raise NotImplementedError("give a fixture 'context' that returns a loop.protocols.SlotContext")

    def happen(self, context: SlotContext, requests: Sequence[Request]) -> None:
        """Let the world outside do what answers the requests; nothing by default."""

    def away(self, context: SlotContext) -> AbstractContextManager[object] | None:  # noqa: ARG002
        """Take away for a while what the adapter depends on: a share, a server, a queue; None where nothing can be."""
        return None

    def points(self, context: SlotContext, adapter: Simulator) -> list[tuple[float, ...]]:
        """Choose three different points that the adapter can answer."""
        if isinstance(adapter, Retrospective):
            return [tuple(map(float, point)) for point in adapter.candidates()][:3]
        return [tuple(point) for point in scattered(context.space, 8, np.random.default_rng(0)).tolist()][-3:]

    def test_is_an_adapter_of_this_version(self, context: SlotContext) -> None:
        """It has the four methods and says for which interface version it was written."""
        found = getattr(self.factory, "API_VERSION", None)
        require(found == API_VERSION, f"API_VERSION is {found!r}, expected {API_VERSION}")
        require(isinstance(self._make(context), Simulator), "lacks submit, poll, collect or cancel")

    def test_unknown_option_is_refused(self, context: SlotContext) -> None:
        """A misspelt option is a CampaignError that names it."""
        misspelt = replace(context, options={**context.options, "no_such_option": 1})
        try:
            self._make(misspelt)
        except CampaignError as error:
            require("no_such_option" in str(error), f"the error does not name the option: {error}")
        else:
            require(False, "an unknown option is not refused with a CampaignError")

    def test_nothing_asked_nothing_answered(self, context: SlotContext) -> None:
        """A new adapter answers and polls no request."""
        adapter = self._make(context)
        answered = [item.request_id for item in adapter.collect() if item.request_id is not None]
        require(not answered, f"answers requests that were not submitted: {answered}")
        require(not dict(adapter.poll()), "polls requests that were not submitted")

    def test_every_request_is_answered(self, context: SlotContext) -> None:
        """Every submitted request is answered in time."""
        adapter, requests = self._asked(context)
        self._answers(adapter, requests)

    def test_submit_again_changes_nothing(self, context: SlotContext) -> None:
        """Submitting is idempotent by request id, before and after the answer."""
        adapter, requests = self._asked(context)
        for request in requests:
            adapter.submit(request)
        first = self._answers(adapter, requests)
        adapter.submit(requests[0])
        require(same(self._answers(adapter, requests), first), "submitting again changes the answers")

    def test_collect_is_repeatable(self, context: SlotContext) -> None:
        """A result stays available and stays the same."""
        adapter, requests = self._asked(context)
        first = self._answers(adapter, requests)
        require(same(self._answers(adapter, requests), first), "a second collect differs from the first")

    def test_answers_survive_a_crash(self, context: SlotContext) -> None:
        """A new adapter in the same folder gives the same answers to the same requests."""
        adapter, requests = self._asked(context)
        first = self._answers(adapter, requests)
        again = self._make(context)
        for request in requests:
            again.submit(request)
        require(same(self._answers(again, requests), first), "after a restart the answers differ")

    def test_one_outcome_per_request(self, context: SlotContext) -> None:
        """No request is answered twice in one collect."""
        adapter, requests = self._asked(context)
        self._answers(adapter, requests)
        found = [item.request_id for item in adapter.collect() if item.request_id is not None]
        require(len(found) == len(set(found)), f"a request is answered more than once: {sorted(found)}")

    def test_only_submitted_requests_are_answered(self, context: SlotContext) -> None:
        """No answer names a request that was never submitted."""
        adapter, requests = self._asked(context)
        self._answers(adapter, requests)
        unknown = {item.request_id for item in adapter.collect()} - {request.id for request in requests} - {None}
        require(not unknown, f"answers requests that were not submitted: {unknown}")

    def test_results_are_what_the_slot_asked_for(self, context: SlotContext) -> None:
        """Target, unit, value, uncertainty and design point are what the slot expects."""
        adapter, requests = self._asked(context)
        self._answers(adapter, requests)
        for item in adapter.collect():
            require(item.target == context.target, f"target is {item.target!r}, expected {context.target!r}")
            if isinstance(item, Result):
                _require_sound(item, context)
            else:
                require(bool(item.reason and item.remedy), f"{item} gives no reason or no remedy")

    def test_keys_tell_results_apart(self, context: SlotContext) -> None:
        """Provenance keys are there and differ between different facts."""
        adapter, requests = self._asked(context)
        keys = [item.provenance.key for item in self._answers(adapter, requests).values()]
        require(all(keys), "a provenance key is empty")
        require(len(set(keys)) == len(keys), f"different results share a provenance key: {keys}")

    def test_poll_tells_how_every_request_stands(self, context: SlotContext) -> None:
        """Every submitted request has a word."""
        adapter, requests = self._asked(context)
        words = dict(adapter.poll())
        missing = [request.id for request in requests if not words.get(request.id)]
        require(not missing, f"poll says nothing of {missing}")

    def test_cancel_of_unknown_ids_is_ignored(self, context: SlotContext) -> None:
        """Cancelling what is not known does no harm."""
        adapter, requests = self._asked(context)
        first = self._answers(adapter, requests)
        adapter.cancel("999999-nobody-0")
        require(same(self._answers(adapter, requests), first), "cancelling an unknown id changes the answers")

    def test_cancel_of_a_known_id_is_final(self, context: SlotContext) -> None:
        """A cancelled request is forgotten, also when cancelled twice; the others go on."""
        adapter, requests = self._asked(context)
        for _ in range(2):
            adapter.cancel(requests[0].id)
        require(requests[0].id not in dict(adapter.poll()), "a cancelled request is still polled")
        self._answers(adapter, requests[1:])

    def test_what_is_ready_is_announced(self, context: SlotContext) -> None:
        """Without having been asked, it names what answers open requests, always alike, and acts on nothing."""
        watcher = self._make(context)
        if not isinstance(watcher, Announcing):
            pytest.skip("is looked at by scheduled cycles only")
        before = set(watcher.ready(()))
        adapter, requests = self._asked(context)
        answers = self._answers(adapter, requests)
        first, second = set(watcher.ready(list(answers))), set(watcher.ready(list(answers)))
        require(first == second, f"ready() changes though nothing did: {sorted(first ^ second)}")
        require(bool(first - before), "requests are answered, and ready() names nothing new")
        require(not dict(watcher.poll()), "ready() submits requests")
        require(same(self._answers(adapter, requests), answers), "ready() changes the answers")

    def test_what_is_away_for_a_while_costs_no_request(self, context: SlotContext) -> None:
        """Without :meth:`away` errors are of those that pass, nothing fails, and afterwards everything is answered."""
        adapter, away = self._make(context), self.away(context)
        if away is None:
            pytest.skip("depends on nothing that could be taken away")
        points = self.points(context, adapter)
        first, *others = [request_at(context, x, number) for number, x in enumerate(points)]
        adapter.submit(first)
        with away:
            _require_patient(adapter)
            for request in others:
                _require_told(adapter, request)
        for request in (first, *others):
            adapter.submit(request)
        self.happen(context, [first, *others])
        answers = self._answers(adapter, [first, *others])
        failed = [item.reason for item in answers.values() if isinstance(item, Failure)]
        require(not failed, f"requests failed since something was away: {failed}")

    def test_what_is_sealed_is_forgotten(self, context: SlotContext) -> None:
        """A settled request is handed over no more, the others are; unknown ids are ignored."""
        adapter, requests = self._asked(context)
        if not isinstance(adapter, Settling):
            pytest.skip("hands everything over again and again")
        answers = self._answers(adapter, requests)
        adapter.settle([requests[0].id, "999999-nobody-0"])
        left = {item.request_id for item in adapter.collect()}
        require(requests[0].id not in left, "a settled request is handed over again")
        require(set(answers) - {requests[0].id} <= left, "settling one request loses the answers of others")

    def test_candidates_are_stable_and_inside_the_space(self, context: SlotContext) -> None:
        """The points on offer never change, do not repeat and lie inside the space."""
        first, second = self._make(context), self._make(context)
        if not isinstance(first, Retrospective) or not isinstance(second, Retrospective):
            pytest.skip("answers at any point")
        lists = [[tuple(point) for point in each.candidates()] for each in (first, first, second)]
        require(lists[0] == lists[1] == lists[2], "candidates() differs from call to call")
        require(0 < len(lists[0]) == len(set(lists[0])), "candidates() is empty or lists a point twice")
        for point in lists[0]:
            context.space.check_inside(point)

    def test_a_point_without_data_is_a_failure(self, context: SlotContext) -> None:
        """Asked for a point it does not have, it says so instead of raising."""
        adapter = self._make(context)
        if not isinstance(adapter, Retrospective):
            pytest.skip("answers at any point")
        low, high = context.space.bounds.T
        request = request_at(context, (low + 0.123456789 * (high - low)).tolist(), 9)
        adapter.submit(request)
        answer = self._answers(adapter, [request])[request.id]
        require(isinstance(answer, Failure), f"expected a Failure at {request.label}, found {answer}")

    def _make(self, context: SlotContext) -> Simulator:
        return type(self).factory(context)

    def _asked(self, context: SlotContext) -> tuple[Simulator, list[Request]]:
        adapter = self._make(context)
        points = self.points(context, adapter)
        requests = [request_at(context, x, number) for number, x in enumerate(points)]
        for request in requests:
            adapter.submit(request)
        self.happen(context, requests)
        return adapter, requests

    def _answers(self, adapter: Simulator, requests: Sequence[Request]) -> Answers:
        """Collect until every request is answered."""
        wanted = {request.id for request in requests}
        deadline = time.monotonic() + self.patience
        while True:
            found = {item.request_id: item for item in adapter.collect() if item.request_id is not None}
            if wanted <= set(found):
                return {name: found[name] for name in sorted(wanted)}
            missing = sorted(wanted - set(found))
            require(time.monotonic() < deadline, f"not answered within {self.patience:g} s: {missing}")
            time.sleep(0.05)


def require(holds: bool, otherwise: str) -> None:
    """Fail the running test with a sentence, unless a condition holds."""
    if not holds:
        pytest.fail(otherwise)


def same(first: Answers, second: Answers) -> bool:
    """Whether two sets of answers say the same; NaN equals NaN."""
    return repr(sorted(first.items())) == repr(sorted(second.items()))


def _require_patient(adapter: Simulator) -> None:
    try:
        failed = [item for item in adapter.collect() if isinstance(item, Failure) and item.request_id is not None]
    except Exception as error:
        require(passes(error), f"collect() raises {error!r}, expected a TransientError or OSError for what passes")
    else:
        require(not failed, f"fails requests for what passes, expected a TransientError: {failed}")


def _require_told(adapter: Simulator, request: Request) -> None:
    """A request is taken, or it is certain that it was not sent."""
    try:
        adapter.submit(request)
    except NotSentError:
        return
    except Exception as error:
        require(False, f"submit() raises {error!r}, which leaves open whether it was sent: expected a NotSentError")


def _require_sound(result: Result, context: SlotContext) -> None:
    require(result.unit == context.unit, f"unit is {result.unit!r}, expected {context.unit!r}")
    require(math.isfinite(result.value), f"value is {result.value}, expected a finite number")
    sigma = result.uncertainty
    require(sigma is None or (math.isfinite(sigma) and sigma > 0), f"uncertainty is {sigma}, expected positive or None")
    try:
        context.space.check_inside(result.x)
    except DataError as error:
        require(False, f"x lies outside the space: {error}")
