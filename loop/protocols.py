"""What the loop expects of the world outside.

An adapter is any object with these methods; nothing needs to be inherited. ``loop.testing`` holds the conformance suite
that an adapter must pass, ours and anybody's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from loop.records import Failure, Request, Result
from loop.space import Space

API_VERSION = 1
"""Version of this module's protocols; a plug-in states the one it was written for as ``API_VERSION``."""


@dataclass(frozen=True, kw_only=True)
class SlotContext:
    """What an adapter is told when it is made.

    Parameters
    ----------
    slot
        Name of the slot in the campaign file.
    target, unit
        The target it yields and the unit in which the loop wants it.
    space
        Design space of the campaign.
    folder
        Folder of the campaign file; relative paths in options are relative to it.
    state
        A folder of the adapter's own, kept with the history: spool, started marks.
    options
        The slot's ``options`` table of the campaign file, to be validated by the adapter.
    seed
        Seed of the campaign, for adapters that draw.
    """

    slot: str
    target: str
    unit: str
    space: Space
    folder: Path
    state: Path
    options: Mapping[str, Any]
    seed: int


@runtime_checkable
class Simulator(Protocol):
    """Gets calculations done, or measurements: submit, poll, collect, cancel.

    All four may be called again after a crash: ``submit`` is idempotent by request id, ``collect`` is
    repeatable (a result stays available until its cycle is sealed, and being handed over twice does no harm).

    What does not answer now is told by raising: :class:`~loop.errors.TransientError` from ``collect`` (any ``OSError``
    will do), after what could be handed over; :class:`~loop.errors.NotSentError` from ``submit``, where it is certain
    that nothing was sent. The adapter is asked again later, as ``[retry]`` says. Any other error fails its open
    requests; those of an instrument are then *unknown*, which are never asked for again by themselves.
    """

    def submit(self, request: Request) -> None:
        """Start work on a request, unless it is known already.

        What cannot be taken as it is asked is refused before anything is begun, by a
        :class:`~loop.errors.CampaignError`, :class:`~loop.errors.DataError` or :class:`~loop.errors.LimitError`: that
        request has failed.
        """

    def poll(self) -> Mapping[str, str]:
        """Tell how the submitted requests stand, by request id, in a word."""

    def collect(self) -> Iterable[Result | Failure]:
        """Hand over everything that is finished."""

    def cancel(self, request_id: str) -> None:
        """Give up on a request, also on one that an earlier process submitted; unknown ids are ignored."""


@runtime_checkable
class Retrospective(Protocol):
    """An adapter that can only answer at known points, because its data exist already."""

    def candidates(self) -> Sequence[Sequence[float]]:
        """List the points that it can answer, each in the order of the campaign's variables."""

    def truth(self) -> Mapping[tuple[float, ...], float]:
        """What each point is worth; for backtests and reports, never for the loop."""


@runtime_checkable
class Counted(Protocol):
    """A retrospective adapter that holds more than one value of some points."""

    def answers(self) -> Mapping[tuple[float, ...], int]:
        """How many different values each point can be answered with, one a request."""


@runtime_checkable
class Settling(Protocol):
    """An adapter that lets go of answers once they are sealed; others hand them over again and again."""

    def settle(self, request_ids: Iterable[str]) -> None:
        """Forget requests whose outcome is sealed; unknown ids are ignored."""


@runtime_checkable
class Announcing(Protocol):
    """An adapter that can tell cheaply, and without acting, what lies ready for ``collect``.

    ``douka serve`` asks it again and again, in a process that submits nothing, and starts a cycle once something is
    ready that the last cycle cannot have seen. It is a hint: what a cycle takes in is what ``collect`` gives. An
    adapter without this is looked at by scheduled cycles only.
    """

    def ready(self, requests: Collection[str]) -> Iterable[str]:
        """Name every thing that ``collect`` may take in, in words for a person.

        A thing that has changed has another name (a file: with its size and time). What is still growing is not ready.

        Parameters
        ----------
        requests
            Ids of the open requests of the slot; answers to others are not news.
        """


class AdapterFactory(Protocol):
    """What an entry point of the groups ``douka.simulators`` and ``douka.instruments`` refers to."""

    API_VERSION: int

    def __call__(self, context: SlotContext) -> Simulator:
        """Make the adapter of one slot; raise a :class:`~loop.errors.DoukaError` where options are unusable."""
