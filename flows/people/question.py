"""What people are asked: whether a request may be handed out, or what they measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from adapters.worksheets.answer import answer_to
from loop.approval import awaiting
from loop.campaign import Campaign
from loop.history import History
from loop.quantity import plain
from loop.records import Request
from loop.state import State

WORKSHEET = "worksheet"
_FOR_EVER = 365 * 86400
_SHORTEST = 60


class Kind(StrEnum):
    """What is asked for."""

    APPROVAL = "approval"
    VALUE = "value"


@dataclass(frozen=True)
class Question:
    """One question about one request.

    Parameters
    ----------
    kind
        What is asked for.
    request
        About which request.
    text
        Markdown, shown above the form.
    seconds
        How long an answer is waited for.
    """

    kind: Kind
    request: Request
    text: str
    seconds: int = _FOR_EVER

    @property
    def key(self) -> str:
        """Names it among the questions of a campaign."""
        return f"{self.kind}-{self.request.id}"


def questions_of(campaign: Campaign, history: History, state: State) -> list[Question]:
    """List what people are to be asked now.

    Parameters
    ----------
    campaign
        Its slots with the adapter ``worksheet`` are people.
    history
        Open for reading.
    state
        Its fold.
    """
    return [*_approvals(campaign, history, state), *_values(campaign, history.path, state)]


def _approvals(campaign: Campaign, history: History, state: State) -> Iterator[Question]:
    table, now = campaign.table.approval, datetime.now(UTC)
    for waiting in awaiting(history, state):
        if waiting.pending is None:
            request, end = waiting.request, waiting.ends(table)
            lines = [
                f"May **{request.label}** be asked of **{request.adapter}**?",
                f"It waits since {request.approval}. Chosen since: {request.reason.text}.",
                f"Cost: {plain(request.cost)} {campaign.table.cost_unit}".strip() + ".",
            ]
            lines += [] if end is None else [f"Without an answer by {end:%Y-%m-%d %H:%M} UTC: {table.without_answer}."]
            seconds = _FOR_EVER if end is None else max(_SHORTEST, int((end - now).total_seconds()))
            yield Question(Kind.APPROVAL, request, "\n\n".join(lines), seconds)


def _values(campaign: Campaign, path: Path, state: State) -> Iterator[Question]:
    for request in asked_of_people(campaign, state):
        if answer_to(path / "adapters" / request.adapter, request.id) is None:
            lines = [f"What was measured of **{request.label}** ({campaign.space.coordinates(request.x)})?"]
            lines += [f"Asked for since: {request.reason.text}."]
            told = "; ".join(f"{name}: {text}" for name, text in recipe(campaign, request).items())
            yield Question(Kind.VALUE, request, "\n\n".join([*lines, told] if told else lines))


def asked_of_people(campaign: Campaign, state: State) -> list[Request]:
    """List the requests that people were handed and no cycle has an answer to.

    Parameters
    ----------
    campaign
        Its slots with the adapter ``worksheet`` are people.
    state
        What is known.
    """
    people = [slot.table.name for slot in campaign.slots if slot.table.adapter == WORKSHEET]
    return [request for slot in people for request in state.under_way if request.adapter == slot]


def recipe(campaign: Campaign, request: Request) -> dict[str, str]:
    """What to weigh, as a worksheet says it: texts by its columns."""
    from adapters.worksheets.sheet import given

    row = given(request, campaign)
    return {name: text for name, text in row.items() if name.startswith(("weigh", "synthesis"))}
