"""A bar with the remaining time, at a terminal and nowhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from flows.cli.output import aside


@contextmanager
def bar(doing: str, what: str, total: int | None) -> Iterator[Callable[[], None]]:
    """Show how far something has come; it goes to stderr, so that what is printed stays clean.

    Parameters
    ----------
    doing
        What is done, in words.
    what
        What is counted.
    total
        How many there are; None where that is not known.

    Yields
    ------
    Callable
        To be called after each step.
    """
    with Progress(
        TextColumn(doing), BarColumn(), MofNCompleteColumn(), TextColumn(what), TimeRemainingColumn(), console=aside,
        transient=True, disable=not aside.is_terminal,
    ) as bars:  # fmt: skip
        task = bars.add_task(doing, total=total)
        yield lambda: bars.advance(task)
