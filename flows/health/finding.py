"""One line of ``douka doctor``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["ok", "warn", "problem"]


@dataclass(frozen=True)
class Finding:
    """What was looked at, and what was found.

    Parameters
    ----------
    subject
        What was looked at.
    outcome
        ``problem`` where no campaign can run; ``warn`` where some cannot, or something is odd.
    text
        What was found.
    remedy
        What to do; empty where it is well.
    """

    subject: str
    outcome: Outcome
    text: str
    remedy: str = ""
