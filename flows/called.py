"""The words by which a person names a campaign and its history again, at a command line."""

from __future__ import annotations

import shlex
from pathlib import Path

from flows.default_history import default_history


def called(name: str, history: Path | None = None) -> str:
    """Give the words after the command: ``NAME``, or ``NAME --history PATH``, quoted where a shell needs it.

    Parameters
    ----------
    name
        What the person calls the campaign.
    history
        Folder of the history; None for the usual one.
    """
    return shlex.quote(name) if history is None else f"{shlex.quote(name)} --history {shlex.quote(str(history))}"


def called_of(campaign: Path, history: Path) -> str:
    """Give the same where nobody named it: by the name of its folder.

    Parameters
    ----------
    campaign
        Folder of the campaign.
    history
        Folder of its history, the usual one or another.
    """
    is_usual = history.resolve() == default_history(campaign).resolve()
    return called(campaign.name, None if is_usual else history)
