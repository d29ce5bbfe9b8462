"""What people are asked: whether a request may be handed out, or what they measured."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from adapters.worksheets import spooled
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
    people = [slot.table.name for slot in campaign.slots if slot.table.adapter == WORKSHEET]
    for slot in people:
        asked = [request for request in state.under_way if request.adapter == slot]
        answered = spooled(path / "adapters" / slot) if asked else {}
        for request in asked:
            if request.id not in answered:
                lines = [f"What was measured of **{request.label}** ({campaign.space.coordinates(request.x)})?"]
                lines += [f"Asked for since: {request.reason.text}.", *_recipe(campaign, request)]
                yield Question(Kind.VALUE, request, "\n\n".join(lines))


def _recipe(campaign: Campaign, request: Request) -> list[str]:
    """What to weigh, as a worksheet says it."""
    from adapters.worksheets.sheet import given

    row = given(request, campaign)
    told = {name: text for name, text in row.items() if name.startswith(("weigh", "synthesis"))}
    return ["; ".join(f"{name}: {text}" for name, text in told.items())] if told else []
