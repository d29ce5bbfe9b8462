"""What goes to the adapters of a campaign and what comes from them: guarded, signed, and asked for again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace

from loop.campaign import Slot
from loop.discretion import discreet
from loop.errors import CampaignError, DataError, HistoryError, LimitError, NotSentError, TransientError
from loop.plugins import Plugin
from loop.protocols import Settling, Simulator
from loop.records import Failure, Provenance, Request, Result, Source, content_key
from loop.retry import Act, Refusals, Retries, passes
from loop.secret import concealed

Values = list[Result | Failure]

_REFUSALS = (CampaignError, DataError, LimitError)
"""By which an adapter's ``submit`` says that it will not take a request as it is: nothing was begun."""

_ILLEGIBLE = HistoryError("it raised when it was handed this request, and what it raised cannot be read any more")

_LOOK = "Look at the instrument and the sample; nobody knows how far this came, and it is not asked for again."


class Exchange:
    """Between a session and its adapters: whatever one of them raises, the campaign goes on.

    Parameters
    ----------
    slots
        Those of the campaign.
    adapters, plugins
        By slot name.
    retries, refusals
        Who is left alone for now, and what must not be handed out again.
    secrets
        What nothing that an adapter says may show, as :func:`~loop.secret.secrets_of` gives them.
    """

    def __init__(
        self,
        slots: Sequence[Slot],
        adapters: Mapping[str, Simulator],
        plugins: Mapping[str, Plugin],
        retries: Retries,
        refusals: Refusals,
        secrets: Sequence[str] = (),
    ) -> None:
        self._adapters, self._plugins = adapters, plugins
        self._targets = {slot.table.name: slot.table.target for slot in slots}
        self._laboratory = {slot.table.name for slot in slots if slot.source is Source.EXPERIMENT}
        self._retries, self._refusals, self._secrets = retries, refusals, secrets
        self._refused = refusals.all()
        self._illegible = refusals.illegible()
        self._sent = {item.request_id for item in self._refused if item.request_id is not None} | self._illegible

    @property
    def has_sent(self) -> bool:
        """Whether anything was handed out that is not sealed as answered."""
        return bool(self._sent)

    def unsent(self, under_way: Iterable[Request]) -> list[Request]:
        """What this process has not handed out, nor given up; an earlier one may have."""
        return [request for request in under_way if request.id not in self._sent]

    def due(self, under_way: Iterable[Request]) -> Iterator[Request]:
        """What is to be handed out now, one after the other.

        Left out are requests to slots that are left alone; of one that takes no requests, those from the first that
        could not be sent on: what it knew before, a new process tells it as ever.

        Parameters
        ----------
        under_way
            In the order in which they were made.
        """
        shut = {slot for slot in self._adapters if self._is_silent(slot)}
        for request in under_way:
            if self._is_stuck(request):
                shut.add(request.adapter)
            if request.id not in self._sent and request.adapter not in shut:
                yield request
                if self._is_stuck(request):
                    shut.add(request.adapter)

    def submit(self, request: Request) -> None:
        """Hand a request to its adapter; one that was not sent is sent later, one that it cannot take has failed.

        Where an instrument may have begun before it broke, the outcome is unknown: to ask again could act twice.
        """
        slot = request.adapter
        self._sent.add(request.id)
        try:
            self._adapters[slot].submit(request)
        except NotSentError as error:
            if self._retries.bears(slot, Act.SUBMIT, error, request.id):
                self._sent.discard(request.id)
            else:
                self._refuse(_broken(request, error, self._story(slot, Act.SUBMIT)))
        except _REFUSALS as error:
            self._refuse(_broken(request, error))
        except Exception as error:
            self._refuse(self._left_open(request, error))
        else:
            stuck = self._retries.of(slot, Act.SUBMIT)
            if stuck is not None and _place(request.id) >= _place(stuck.request):  # it takes requests again
                self._retries.ends(slot, Act.SUBMIT)

    def withdraw(self, request: Request, error: Exception) -> None:
        """Give up on a request that must not be handed out; an earlier process may have handed it out.

        Parameters
        ----------
        request
            That is open.
        error
            Why.
        """
        self._sent.add(request.id)
        problem = ""
        try:
            self._adapters[request.adapter].cancel(request.id)
        except Exception as failure:
            problem = f"; its adapter did not cancel it: {failure!r}"
        withdrawn = replace(
            _broken(request, error),
            reason=f"{error}{problem}",
            remedy="Correct [limits], if they are wrong; a value that it had already can be taken in by hand.",
            unknown=bool(problem),
        )
        self._refuse(withdrawn)

    def collect(self, under_way: Sequence[Request]) -> Values:
        """Everything that is finished, in a reproducible order."""
        news: Values = []
        waiting = {request.id for request in under_way}
        refused = [item for item in self._refused if item.request_id in waiting]
        refused += [self._left_open(each, _ILLEGIBLE) for each in under_way if each.id in self._illegible]
        for name, adapter in self._adapters.items():
            items = [] if self._retries.is_held(name, Act.COLLECT) else self._guarded(name, adapter, under_way)
            items += [self._signed(name, item) for item in refused if item.provenance.adapter == name]
            items.sort(key=lambda item: (item.request_id or "~", item.provenance.key))
            news += items
        return news

    def settle(self, closed: Iterable[Request]) -> None:
        """Let adapters forget what is sealed, so that a cycle costs as much after a thousand answers as before."""
        slots = {request.id: request.adapter for request in closed}
        for name in slots.keys() & ({item.request_id for item in self._refused} | self._illegible):
            self._refusals.end(name)
        for name in self._adapters:
            stuck = self._retries.of(name, Act.SUBMIT)
            if stuck is not None and stuck.request in slots and not stuck.is_over:
                self._retries.ends(name, Act.SUBMIT)  # its request is closed: the next one begins anew
        self._sent -= slots.keys()
        self._refused = [item for item in self._refused if item.request_id not in slots]
        for name, adapter in self._adapters.items():
            if isinstance(adapter, Settling):
                with suppress(Exception):  # what it still holds does no harm
                    adapter.settle([request for request, slot in slots.items() if slot == name])

    def words(self, under_way: Sequence[Request]) -> dict[str, str]:
        """How requests stand, by id, in the words of their adapters; one that does not answer is not asked."""
        words: dict[str, str] = {}
        for name, adapter in self._adapters.items():
            mine = {request.id: request for request in under_way if request.adapter == name}
            trouble = self._retries.of(name, Act.COLLECT)
            words |= (
                self._polled(adapter, mine) if trouble is None else dict.fromkeys(mine, f"waiting: {trouble.brief}")
            )
            if (stuck := self._retries.of(name, Act.SUBMIT)) is not None:
                words |= {key: f"not sent yet: {stuck.brief}" for key in mine if key not in self._sent}
        return {key: concealed(word, self._secrets) for key, word in words.items()} if self._secrets else words

    def _refuse(self, refusal: Failure) -> None:
        failure = discreet(refusal, self._secrets)
        self._refused.append(failure)
        self._refusals.keep(failure)

    def _polled(self, adapter: Simulator, mine: Collection[str]) -> dict[str, str]:
        try:
            return {key: word for key, word in adapter.poll().items() if key in mine}
        except Exception as error:
            return dict.fromkeys(mine, f"the adapter does not say: {error!r}")

    def _is_silent(self, slot: str) -> bool:
        """Left alone for now, or past all patience: what were sent now would fail in the same breath."""
        trouble = self._retries.of(slot, Act.COLLECT)
        return self._retries.is_held(slot, Act.COLLECT) or (trouble is not None and trouble.is_over)

    def _is_stuck(self, request: Request) -> bool:
        """Whether it is the one that could not be sent, and it is too early to try again."""
        trouble = self._retries.of(request.adapter, Act.SUBMIT)
        is_first = trouble is not None and trouble.request == request.id
        return is_first and self._retries.is_held(request.adapter, Act.SUBMIT)

    def _guarded(self, name: str, adapter: Simulator, under_way: Sequence[Request]) -> Values:
        """Collect from one slot; one that fails to, and not in passing, fails its own open requests."""
        items: Values = []
        try:
            items.extend(self._signed(name, item) for item in adapter.collect())
        except Exception as error:
            if passes(error) and self._retries.bears(name, Act.COLLECT, error):
                return items
            if not passes(error):
                self._retries.ends(name, Act.COLLECT)
            return items + [self._signed(name, item) for item in self._failed(name, items, error, under_way)]
        self._retries.ends(name, Act.COLLECT)
        return items

    def _failed(self, name: str, items: Values, error: Exception, under_way: Sequence[Request]) -> list[Failure]:
        story = self._story(name, Act.COLLECT)
        held = error.requests if isinstance(error, TransientError) else frozenset()
        mine = [each for each in under_way if each.adapter == name and (not held or each.id in held)]
        if not mine:
            return [_broken_slot(name, self._targets[name], error)]
        answered = {item.request_id for item in items}
        return [self._left_open(request, error, story) for request in mine if request.id not in answered]

    def _left_open(self, request: Request, error: Exception, story: str = "") -> Failure:
        """An error that does not say how far the adapter came; a calculation is pure, a measurement is not."""
        failure = _broken(request, error, story)
        return replace(failure, unknown=True, remedy=_LOOK) if request.adapter in self._laboratory else failure

    def _story(self, slot: str, act: Act) -> str:
        trouble = self._retries.of(slot, act)
        return "" if trouble is None else f"; it {trouble.story}"

    def _signed(self, name: str, item: Result | Failure) -> Result | Failure:
        plugin, item = self._plugins[name], discreet(item, self._secrets)
        signed = replace(item.provenance, adapter=name, distribution=plugin.distribution, version=plugin.version)
        if isinstance(item, Failure):
            return replace(item, provenance=signed)
        # Plain numbers from here on: adapters may hand over lists, arrays and numpy scalars.
        x = tuple(float(value) for value in item.x)
        return replace(item, x=x, value=float(item.value), provenance=signed)


def _place(request: str) -> tuple[str, int, str]:
    """What orders the ids of a slot as its requests were made: six digits of the cycle, the slot, the rank."""
    return request[:6], len(request), request


def _broken(request: Request, error: Exception, story: str = "") -> Failure:
    return Failure(
        request_id=request.id,
        target=request.target,
        label=request.label,
        reason=f"the adapter of slot {request.adapter!r} failed: {error!r}{story}",
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
