"""Whether the last process that ran or served a campaign ended by itself, or was killed at it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

FILE = "underway"


@contextmanager
def underway(history: Path) -> Iterator[None]:
    """Leave a mark in the folder of a history, which only who comes to the end of the context takes away again.

    After the last cycle nobody comes again who would notice what a killed process left undone: its run that Prefect
    takes for running, the message that the campaign is over.

    Parameters
    ----------
    history
        Folder of the history.
    """
    with suppress(OSError):  # a full disk: nothing but records for people depends on it
        (history / FILE).touch()
    yield
    with suppress(OSError):
        (history / FILE).unlink()


def was_cut_off(history: Path) -> bool:
    """Whether whoever ran or served a campaign last did not come to the end.

    Parameters
    ----------
    history
        Folder of the history.
    """
    return (history / FILE).exists()
