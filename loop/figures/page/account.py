"""Everything that a report speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from loop.campaign import Campaign
from loop.figures.data import Moment
from loop.figures.gallery import Gallery, gallery
from loop.knowledge import Knowledge
from loop.state import State


@dataclass(frozen=True, kw_only=True)
class Account:
    """A campaign at a moment.

    Parameters
    ----------
    moment
        The campaign and its cycles.
    knowledge
        What is known.
    truth
        What every point of a retrospective campaign is worth; None where nobody knows.
    called
        What a person calls it at the command line.
    place
        Folder of the history.
    """

    moment: Moment
    knowledge: Knowledge
    truth: Mapping[tuple[float, ...], float] | None
    called: str
    place: str

    @property
    def campaign(self) -> Campaign:
        """As its history knows it."""
        return self.moment.campaign

    @property
    def state(self) -> State:
        """The fold of the cycles."""
        return self.moment.state

    @property
    def facts(self) -> Mapping[str, str | int | float | bool]:
        """Of the last cycle: time, host, versions; nothing before the first."""
        return self.moment.records[-1].facts if self.moment.records else {}

    @cached_property
    def gallery(self) -> Gallery:
        """The figures."""
        return gallery(self.moment)
