"""Whether the last process that ran or served a campaign ended by itself, or was killed at it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

MARK = "underway"


@contextmanager
def underway(history: Path) -> Iterator[None]:
    """Leave a mark in the folder of a history, which only who comes to the end of the context takes away again.

    After the last cycle nobody comes again who would notice what a killed process left undone: its run that Prefect
    takes for running, the message that the campaign is over. Each process has a mark of its own, since ``douka run``
    and ``douka serve`` may take turns.

    Parameters
    ----------
    history
        Folder of the history.
    """
    mark = history / f"{MARK}.{os.getpid()}"
    with suppress(OSError):  # a full disk: nothing but records for people depends on it
        mark.touch()
    yield
    forget([mark])


def cut_off(history: Path) -> list[Path]:
    """Give the marks of those who ran or served a campaign and did not come to the end, or have not yet.

    Parameters
    ----------
    history
        Folder of the history.
    """
    return sorted(history.glob(f"{MARK}.*"))


def forget(marks: Iterable[Path]) -> None:
    """Take marks away; one that cannot be is found again, and costs no more than another look.

    Parameters
    ----------
    marks
        As :func:`cut_off` gives them.
    """
    for mark in marks:
        with suppress(OSError):
            mark.unlink()
