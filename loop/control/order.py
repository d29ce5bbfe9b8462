"""An order: go on, pause, stop, stop at once."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is ordered, the gentlest first."""

    RESUME = "resume"
    PAUSE = "pause"
    STOP = "stop"
    STOP_NOW = "stop now"

    @property
    def severity(self) -> int:
        """Place among the kinds; an order does not weaken one that stands already."""
        return list(Kind).index(self)

    @property
    def done(self) -> str:
        """What a campaign is once it obeys."""
        return {"resume": "resumed", "pause": "paused", "stop": "stopped", "stop now": "stopped at once"}[self]


@dataclass(frozen=True, kw_only=True)
class Order:
    """What a campaign was ordered to do, by whom, when and why.

    Parameters
    ----------
    kind
        What to do.
    reason
        Why; may be empty.
    person
        Who; empty where douka itself paused.
    time
        When, UTC, ISO 8601.
    remedy
        What a person does next, besides resuming; may be empty.
    number
        Its place among the orders of its history.
    cycle
        Number of the cycle that came next when it was given.
    """

    kind: Kind
    reason: str = ""
    person: str = ""
    time: str = ""
    remedy: str = ""
    number: int = -1
    cycle: int = -1

    @property
    def ends(self) -> bool:
        """Whether the process at work is to end, instead of waiting to go on."""
        return self.kind in {Kind.STOP, Kind.STOP_NOW}

    @property
    def who(self) -> str:
        """Whose order it is."""
        return f"by {self.person}" if self.person else "by itself"

    @property
    def timeless(self) -> str:
        """All but when: two equal runs say the same."""
        return f"{self.kind.done} {self.who}" + (f": {self.reason}" if self.reason else "")

    def __str__(self) -> str:
        return f"{self.kind.done} {self.who} at {self.time}" + (f": {self.reason}" if self.reason else "")
