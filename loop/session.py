"""A campaign at work: its history, its adapters, and the one plain body that both laptop and scheduler call."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from loop.approval import Approvals
from loop.campaign import Campaign
from loop.control import Kind, Order, Orders, cancellation, cancelled
from loop.control.policing import after_cycle, before_cycle, beyond_limit
from loop.cycle import Cycle, is_idle
from loop.errors import DataError, HistoryError, LimitError
from loop.exchange import Exchange
from loop.facts import environment, now
from loop.history import History
from loop.knowledge import Knowledge, knowledge
from loop.records import CycleRecord, Decision, Failure, Request, Result
from loop.retry import Refusals, Retries, Trouble
from loop.revising import header_of, revised, sealed_candidates
from loop.runnable import require_runnable
from loop.secret import secrets_of
from loop.slots import adapters_of, candidates_of, plugins_of
from loop.snapshot import EVERY, folded, keep_snapshot
from loop.stopwatch import Stopwatch
from loop.verdicts import Verdicts

News = list[Result | Failure | Decision]

MASTER_EVERY = 100
"""Cycles between two masters of a campaign that is not over: each costs time in proportion to all cycles."""


_GONE = (
    "{path}: found no history of {name}, and there was one: it was moved, or its disk is not mounted. Bring it back, "
    "and the campaign goes on; to begin anew, which asks for everything again, end it and start it anew"
)


class Session(AbstractContextManager["Session"]):
    """One campaign, its history open for writing, and its adapters: the only stateful object of the loop.

    A cycle is crash-safe without transactions by the order of its steps: collect, decide, seal, dispatch. What is not
    sealed did not happen; what is sealed is dispatched again after a crash, which adapters recognize by the
    request's id.

    Parameters
    ----------
    campaign
        What to do.
    path
        Folder of the history.
    begin
        Make the history where there is none; else that is an error.
    migrate
        Carry the history over where the campaign changed in a way that needs it.
    clock
        Tells the time, UTC, ISO 8601, by which an adapter that did not answer is asked again.

    Raises
    ------
    CampaignError
        Where the campaign changed in a way that needs a migration, or an adapter's options are unusable.
    HistoryError
        Where the history cannot be read or written, is not there and should be, or another process is writing it.
    PluginError
        Where an adapter is not installed or fails to start.
    """

    def __init__(
        self,
        campaign: Campaign,
        path: Path,
        *,
        begin: bool = True,
        migrate: bool = False,
        clock: Callable[[], str] = now,
    ) -> None:
        if not (begin or History.exists(path)):
            raise HistoryError(_GONE.format(path=path, name=campaign.name))
        self.campaign = campaign
        self._watch = Stopwatch()
        # Adapters first: nothing is written for a campaign that cannot run.
        require_runnable(campaign)
        self._plugins = plugins_of(campaign)
        self._adapters = adapters_of(campaign, self._plugins, path)
        self._orders, self._verdicts = Orders(path), Verdicts(path)
        candidates = {} if History.exists(path) else candidates_of(campaign, self._adapters)
        self.history = _opened(campaign, path)
        try:
            self._retries = Retries(campaign, path, clock)
            self._exchange = Exchange(
                campaign.slots,
                self._adapters,
                self._plugins,
                self._retries,
                Refusals(path),
                secrets_of(campaign.text),
            )
            self.state = folded(self.history)
            self._begun_at = self.state.next_cycle
            sealed = sealed_candidates(campaign, self.history, self.state)
            self._candidates = candidates or candidates_of(campaign, self._adapters, sealed)
            self._facts = self.history.read(-1).facts if self.history.cycles else {}
            for record in revised(campaign, self.history, self.state, self._candidates, migrate=migrate):
                self.seal(replace(record, facts={**environment(), "sealed": now()}))
            if self.history.header.since == self.history.next_number:
                # The campaign changed since the last cycle; whether it is over has to be asked again.
                self.state = replace(self.state, stopped="")
            self._cycle = Cycle(campaign, self._candidates)
            self._approvals = Approvals(campaign.table.approval, self.history)
            self.dispatch()
        except BaseException:
            self.history.close()
            raise

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Release the history; now and then what is derived from it is made anew."""
        # Of no consequence: a full disk must not hide what ended the session.
        with suppress(OSError):
            if self.state.next_cycle // EVERY != self._begun_at // EVERY:
                keep_snapshot(self.history, self.state)
            if self.history.cycles and (self.is_over or self.state.next_cycle % MASTER_EVERY == 0):
                self.history.write_master()
        self.history.close()

    @property
    def is_over(self) -> bool:
        """Whether the campaign has stopped and no answer is outstanding."""
        return self.state.is_over

    @property
    def troubles(self) -> list[Trouble]:
        """Adapters that do not answer, or take no requests, for now."""
        return self._retries.troubles

    @property
    def order(self) -> Order | None:
        """What a person or ``[pause]`` ordered; while it stands no cycle begins and nothing is handed out."""
        return self._orders.standing()

    def obey(self) -> Order | None:
        """Do what the standing order asks for now; that order, None where there is none.

        Stopped at once, open requests are given up, and that is sealed; one that has its value already stays open for
        the cycle after :data:`~loop.control.Kind.RESUME`.
        """
        if self.order is None:
            self._give(before_cycle(self.campaign.table.pause, self.history.path, self._last_time()))
        order = self.order
        if order is not None and not self._orders.is_settled(order):
            self._give_up(order)
            self._orders.settle(order)
        return order

    def _last_time(self) -> str:
        """When the last cycle was sealed, or the campaign resumed since: then a person has seen the clock."""
        last = self._orders.last()
        if last is not None and last.kind is Kind.RESUME and last.cycle == self.state.next_cycle:
            return last.time
        return str(self._facts.get("sealed", ""))

    def _give_up(self, order: Order) -> None:
        valued = self._valued()
        requests = [each for each in self.state.open_requests if each.id not in valued]
        changes = cancelled(self._adapters, requests, order.timeless, secrets_of(self.campaign.text))
        if changes:
            record = cancellation(self.state, changes, order.timeless)
            self.seal(replace(record, facts={**environment(), "sealed": now(), "person": order.person}))

    def _valued(self) -> set[str]:
        """Requests that this session handed out and that have a value by now."""
        news = self.collect() if self._exchange.has_sent else []
        return {item.request_id for item in news if isinstance(item, Result) and item.request_id is not None}

    def collect(self) -> News:
        """Take in what is decided and everything that is finished, in a reproducible order. Repeatable.

        Verdicts on values that were put aside are sealed first, each as a record of its own.
        """
        self._judge()
        self._retries.look()
        self.dispatch()  # what an order withheld, or an adapter that did not answer
        with self._watch.timing("collect"):
            return [*self._approvals.news(self.state, now()), *self._exchange.collect(self.state.under_way)]

    def _judge(self) -> None:
        """Seal what people decided about values that were put aside, while this session holds the history."""
        for number, given in self._verdicts.pending():
            with suppress(DataError):  # decided already, in the same sense or in another
                self.seal(given.record(self.campaign, self.state))
            self._verdicts.settle(number)

    def decide(self, news: News) -> CycleRecord | None:
        """Do one cycle on the news; None where there is nothing to learn, ask or decide."""
        with self._watch.timing("decide"), self._pausing_at_limits():
            record = self._cycle(self.state, news)
        if is_idle(self.state, record):
            return None
        # Seal and dispatch come after: their seconds stand in the next record.
        facts = {**environment(), "sealed": now(), "campaign_sha256": self.campaign.sha256, **self._watch.read()}
        return replace(record, facts={**facts, **self._approvals.times(record.decisions)})

    def seal(self, record: CycleRecord) -> None:
        """Make a record true: from here on it outlasts a crash."""
        with self._watch.timing("seal"):
            for request in record.requests:
                self._require_allowed(request)
            self.history.append(record)
        self.state = self.state.after(record)
        self._facts = record.facts
        changed = [self.state.requests[change.request_id] for change in record.changes]
        self._exchange.settle([request for request in changed if not request.status.is_open])
        self._give(after_cycle(self.campaign.table.pause, self.state, record, self._orders.resumed_at))

    def _give(self, order: Order | None) -> None:
        """Pause by itself, unless that stands already."""
        if order is not None and self.order is None:
            self._orders.give(order)

    def dispatch(self) -> None:
        """Hand every open request to its adapter, if it is approved; an adapter leaves alone what it knows already.

        A request that its adapter cannot take has failed, one that was certainly not sent is sent later; the campaign
        goes on. While an order stands nothing is handed out: what is sealed waits until the campaign is resumed.
        """
        with self._watch.timing("dispatch"):
            if self.order is None:
                self._withdraw_forbidden()
            for request in self._exchange.due(self.state.under_way):
                if self.order is not None:  # given meanwhile
                    return
                self._exchange.submit(request)

    def _withdraw_forbidden(self) -> None:
        """Give up on what ``[limits]`` allow no more, since they were tightened; that pauses the campaign."""
        for request in self._exchange.unsent(self.state.under_way):
            try:
                self._require_allowed(request)
            except LimitError as error:
                self._exchange.withdraw(request, error)

    def step(self) -> CycleRecord | None:
        """Collect, decide, seal, dispatch; None where there was nothing to do, or an order stands."""
        if self.obey() is not None:
            return None
        record = self.decide(self.collect())
        if record is not None:
            self.seal(record)
            self.dispatch()
        return record

    def knowledge(self) -> Knowledge:
        """What the campaign knows now, in the numbers that figures show."""
        return knowledge(self.campaign, self.state, self._cycle)

    def waiting_for(self) -> Mapping[str, str]:
        """How the open requests stand, by request id, in the words of their adapters."""
        words = {each.id: f"waits for approval: {each.approval}" for each in self.state.awaiting_approval}
        return words | self._exchange.words(self.state.under_way)

    def _require_allowed(self, request: Request) -> None:
        """Hold a request against the hard limits once more, whoever made it and whenever."""
        with self._pausing_at_limits():
            self.campaign.limits.check(request.x, request.cost, f"the request {request.id} ({request.label})")

    @contextmanager
    def _pausing_at_limits(self) -> Iterator[None]:
        try:
            yield
        except LimitError as error:
            self._give(beyond_limit(error))
            raise


def _opened(campaign: Campaign, path: Path) -> History:
    return History.open(path, "a") if History.exists(path) else History.create(path, header_of(campaign))
