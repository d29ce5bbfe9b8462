"""A campaign at work: its history, its adapters, and the one plain body that both laptop and scheduler call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from loop.approval import Approvals
from loop.campaign import Campaign
from loop.control import Kind, Order, Orders, cancellation, cancelled
from loop.control.policing import after_cycle, before_cycle, beyond_limit
from loop.cycle import Cycle, is_idle
from loop.errors import DataError, LimitError
from loop.facts import environment, now
from loop.history import History
from loop.knowledge import Knowledge, knowledge
from loop.plugins import Plugin
from loop.protocols import Settling, Simulator
from loop.records import CycleRecord, Decision, Failure, Provenance, Request, Result, content_key
from loop.revising import header_of, revised
from loop.runnable import require_runnable
from loop.slots import adapters_of, candidates_of, plugins_of
from loop.state import fold
from loop.stopwatch import Stopwatch
from loop.verdicts import Verdicts

Values = list[Result | Failure]
News = list[Result | Failure | Decision]

MASTER_EVERY = 100
"""Cycles between two masters of a campaign that is not over: each costs time in proportion to all cycles."""


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
        Folder of the history; made where there is none.
    migrate
        Carry the history over where the campaign changed in a way that needs it.

    Raises
    ------
    CampaignError
        Where the campaign changed in a way that needs a migration, or an adapter's options are unusable.
    HistoryError
        Where the history cannot be read or written, or another process is writing it.
    PluginError
        Where an adapter is not installed or fails to start.
    """

    def __init__(self, campaign: Campaign, path: Path, *, migrate: bool = False) -> None:
        self.campaign = campaign
        self._watch = Stopwatch()
        # Adapters first: nothing is written for a campaign that cannot run.
        require_runnable(campaign)
        self._plugins = plugins_of(campaign)
        self._adapters = adapters_of(campaign, self._plugins, path)
        self._candidates = candidates_of(campaign, self._adapters)
        self._orders, self._verdicts = Orders(path), Verdicts(path)
        self._dispatched: set[str] = set()
        self._refused: list[Failure] = []
        self.history = _opened(campaign, path)
        try:
            self.state = fold(self.history.records())
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
        """Release the history; now and then its master for viewers is made anew."""
        if self.history.cycles and (self.is_over or self.state.next_cycle % MASTER_EVERY == 0):
            # Derived, and of no consequence: a full disk must not hide what ended the session.
            with suppress(OSError):
                self.history.write_master()
        self.history.close()

    @property
    def is_over(self) -> bool:
        """Whether the campaign has stopped and no answer is outstanding."""
        return self.state.is_over

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
        changes = cancelled(self._adapters, requests, order.timeless)
        if changes:
            record = cancellation(self.state, changes, order.timeless)
            self.seal(replace(record, facts={**environment(), "sealed": now(), "person": order.person}))

    def _valued(self) -> set[str]:
        """Requests that this session handed out and that have a value by now."""
        news = self.collect() if self._dispatched else []
        return {item.request_id for item in news if isinstance(item, Result) and item.request_id is not None}

    def collect(self) -> News:
        """Take in what is decided and everything that is finished, in a reproducible order. Repeatable.

        Verdicts on values that were put aside are sealed first, each as a record of its own.
        """
        self._judge()
        self.dispatch()  # what an order withheld
        news: News = [*self._approvals.news(self.state, now())]
        with self._watch.timing("collect"):
            for name, adapter in self._adapters.items():
                items: Values = self._guarded(name, adapter)
                items += [self._signed(name, item) for item in self._refused if item.provenance.adapter == name]
                items.sort(key=lambda item: (item.request_id or "~", item.provenance.key))
                news += items
        return news

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
        self._settle(record)
        self._give(after_cycle(self.campaign.table.pause, self.state, record, self._orders.resumed_at))

    def _settle(self, record: CycleRecord) -> None:
        """Let adapters forget what is sealed, so that a cycle costs as much after a thousand answers as before."""
        requests = [self.state.requests[change.request_id] for change in record.changes]
        closed = {request.id for request in requests if not request.status.is_open}
        self._dispatched -= closed
        self._refused = [item for item in self._refused if item.request_id not in closed]
        for name, adapter in self._adapters.items():
            if isinstance(adapter, Settling):
                with suppress(Exception):  # what it still holds does no harm
                    adapter.settle(
                        [request.id for request in requests if request.adapter == name and request.id in closed]
                    )

    def _give(self, order: Order | None) -> None:
        """Pause by itself, unless that stands already."""
        if order is not None and self.order is None:
            self._orders.give(order)

    def dispatch(self) -> None:
        """Hand every open request to its adapter, if it is approved; an adapter leaves alone what it knows already.

        A request that its adapter cannot take has failed; the campaign goes on. While an order stands nothing is handed
        out: what is sealed waits until the campaign is resumed.
        """
        if self.order is not None:
            return
        with self._watch.timing("dispatch"):
            for request in self.state.under_way:
                if request.id not in self._dispatched:
                    self._require_allowed(request)
                    self._dispatched.add(request.id)
                    self._submit(request)

    def _submit(self, request: Request) -> None:
        try:
            self._adapters[request.adapter].submit(request)
        except Exception as error:
            self._refused.append(_broken(request, error))

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
        for name, adapter in self._adapters.items():
            mine = {request.id for request in self.state.under_way if request.adapter == name}
            try:
                words |= {key: word for key, word in adapter.poll().items() if key in mine}
            except Exception as error:
                words |= dict.fromkeys(mine, f"the adapter does not say: {error!r}")
        return words

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

    def _guarded(self, name: str, adapter: Simulator) -> Values:
        """Collect from one slot; one that fails to, fails its own open requests, not the campaign."""
        items: Values = []
        try:
            items.extend(self._signed(name, item) for item in adapter.collect())
        except Exception as error:
            answered = {item.request_id for item in items}
            mine = [request for request in self.state.under_way if request.adapter == name]
            broken = [_broken(request, error) for request in mine if request.id not in answered]
            if not mine:
                broken = [_broken_slot(name, self._target_of(name), error)]
            items += [self._signed(name, item) for item in broken]
        return items

    def _target_of(self, name: str) -> str:
        return next(slot.table.target for slot in self.campaign.slots if slot.table.name == name)

    def _signed(self, name: str, item: Result | Failure) -> Result | Failure:
        plugin: Plugin = self._plugins[name]
        signed: Provenance = replace(
            item.provenance, adapter=name, distribution=plugin.distribution, version=plugin.version
        )
        if isinstance(item, Failure):
            return replace(item, provenance=signed)
        # Plain numbers from here on: adapters may hand over lists, arrays and numpy scalars.
        x = tuple(float(value) for value in item.x)
        return replace(item, x=x, value=float(item.value), provenance=signed)


def _opened(campaign: Campaign, path: Path) -> History:
    return History.open(path, "a") if History.exists(path) else History.create(path, header_of(campaign))


def _broken(request: Request, error: Exception) -> Failure:
    return Failure(
        request_id=request.id,
        target=request.target,
        label=request.label,
        reason=f"the adapter of slot {request.adapter!r} failed: {error!r}",
        remedy="Look at the adapter's log; ask again once it is mended.",
        provenance=Provenance(key=content_key("broken", request.id), adapter=request.adapter),
    )


def _broken_slot(name: str, target: str, error: Exception) -> Failure:
    """A slot that fails while nothing is asked of it: shown once, lest it is overlooked."""
    return Failure(
        request_id=None,
        target=target,
        label=name,
        reason=f"the adapter of slot {name!r} failed: {error!r}",
        remedy="Look at the adapter's log.",
        provenance=Provenance(key=content_key("broken", name, repr(error)), adapter=name),
    )
