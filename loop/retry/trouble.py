"""An adapter that does not answer, or takes no requests, since when, and when it is asked again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Act(StrEnum):
    """What an adapter is asked to do."""

    COLLECT = "collect"
    SUBMIT = "submit"


_WORDS = {Act.COLLECT: "does not answer", Act.SUBMIT: "takes no requests"}


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What is wrong with one slot.

    Parameters
    ----------
    slot
        Of the campaign.
    act
        What it was asked to do.
    error
        The last one, in words.
    since, last
        When it first failed to, and the last time; UTC, ISO 8601.
    attempts
        That failed one after the other.
    again
        When it is asked again.
    until
        Until then nothing is given up.
    is_over
        Whether patience is over: what is open failed, and so does what is asked of it until it answers.
    request
        The first request that could not be sent; empty where it was asked for results.
    asleep
        Seconds of the time since then in which nobody asked.
    """

    slot: str
    act: Act
    error: str
    since: str
    last: str
    attempts: int
    again: str
    until: str
    is_over: bool = False
    request: str = ""
    asleep: float = 0.0

    @property
    def again_at(self) -> datetime:
        """When it is asked again."""
        return datetime.fromisoformat(self.again)

    @property
    def brief(self) -> str:
        """What a request waits for."""
        return f"{self.slot} {_WORDS[self.act]} ({self.error}), asked again at {self.again}"

    @property
    def story(self) -> str:
        """What happened, for whoever looks for a cause."""
        times = "once" if self.attempts == 1 else f"{self.attempts} times, the last time at {self.last}"
        return f"{_WORDS[self.act]} since {self.since}, asked {times}: {self.error}"

    @property
    def outlook(self) -> str:
        """What follows."""
        patience = "patience is over, its requests fail" if self.is_over else f"nothing is given up before {self.until}"
        return f"asked again at {self.again}; {patience}"

    def __str__(self) -> str:
        return f"{self.slot} {self.story}; {self.outlook}"
