"""What became of a request that waits for approval."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Ruling(StrEnum):
    """What can be decided."""

    APPROVED = "approved"
    CHANGED = "changed"
    REJECTED = "rejected"


@dataclass(frozen=True, kw_only=True)
class Decision:
    """A decision about a request that waits for approval, and whether it holds.

    When it was made is a fact, not part of it: two equal campaigns decide at different times.

    Parameters
    ----------
    request_id
        Of the request.
    ruling
        What was decided.
    person
        Who; empty where nobody answered in time.
    reason
        Why; may be empty.
    x
        The point to be asked for instead, where the request is changed; else None.
    number
        Its place among the decisions given to its history; −1 where nobody gave it.
    refused
        Why it does not hold; empty where it does.
    """

    request_id: str
    ruling: Ruling
    person: str = ""
    reason: str = ""
    x: tuple[float, ...] | None = None
    number: int = -1
    refused: str = ""

    @property
    def told(self) -> str:
        """Say it to a person, with what becomes of it."""
        return f"{self.request_id} {self}" + (f"; that does not hold: {self.refused}" if self.refused else "")

    def __str__(self) -> str:
        who = f"by {self.person}" if self.person else "by itself"
        return f"{self.ruling} {who}" + (f": {self.reason}" if self.reason else "")
