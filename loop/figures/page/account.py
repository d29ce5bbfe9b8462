"""Everything that a report speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from loop.campaign import Campaign
from loop.knowledge import Knowledge
from loop.state import State


@dataclass(frozen=True, kw_only=True)
class Account:
    """A campaign at a moment.

    Parameters
    ----------
    campaign
        As its history knows it.
    state, knowledge
        What is known.
    truth
        What every point of a retrospective campaign is worth; None where nobody knows.
    called
        What a person calls it at the command line.
    place
        Folder of the history.
    digest
        Of the history.
    facts
        Of the last cycle: time, host, versions.
    """

    campaign: Campaign
    state: State
    knowledge: Knowledge
    truth: Mapping[tuple[float, ...], float] | None
    called: str
    place: str
    digest: str
    facts: Mapping[str, str | int | float | bool]
