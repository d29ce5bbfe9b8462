"""Where a process says what went wrong beside a campaign: nothing of it may end a cycle."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def never_fatal(what: str) -> Iterator[None]:
    """Do something for people's eyes; where it fails that is logged, with the run where there is one.

    Parameters
    ----------
    what
        What is attempted, for the log.
    """
    try:
        yield
    except Exception as error:
        # The kind alone: the words of some errors quote addresses, which are secrets.
        complain(f"{what} failed ({type(error).__name__}); the cycle stands")


def complain(words: str) -> None:
    """Log something that a person may want to mend."""
    _logger().warning("%s", words)


def _logger() -> logging.Logger | logging.LoggerAdapter[logging.Logger]:
    from prefect.exceptions import MissingContextError
    from prefect.logging import get_run_logger

    try:
        return get_run_logger()
    except MissingContextError:
        return logging.getLogger("douka")
