"""Which campaign people are told of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flows.called import called_of


@dataclass(frozen=True)
class Subject:
    """A campaign and its history, in words.

    Parameters
    ----------
    name
        Of the campaign.
    call
        The words that name both after a command, see :func:`~flows.called.called`.
    """

    name: str
    call: str

    @classmethod
    def of(cls, campaign: Path, history: Path) -> Subject:
        """Give that of a campaign by its folder and the folder of its history."""
        return cls(campaign.name, called_of(campaign, history.resolve()))
