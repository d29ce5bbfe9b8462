"""How the command line ends when something goes wrong."""

from __future__ import annotations

import sys
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.errors import SchedulerError
from loop.errors import DoukaError

BAD_INPUT, OUR_ERROR, INTERRUPTED = 2, 3, 130


@contextmanager
def explained() -> Iterator[None]:
    """End with a sentence and an exit code instead of a traceback."""
    try:
        yield
    except DoukaError as error:
        print(f"douka: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(OUR_ERROR if isinstance(error, SchedulerError) else BAD_INPUT)
    except Exception as error:
        print(f"douka: an error of douka itself: {error!r}; details in {_kept()}", file=sys.stderr)  # noqa: T201
        sys.exit(OUR_ERROR)


@contextmanager
def going_on_later(left: str = "everything sealed is kept, run again to go on") -> Iterator[None]:
    """Say what Ctrl-C left behind, inside a command: around it typer would end without a word."""
    try:
        yield
    except KeyboardInterrupt:
        print(f"douka: interrupted; {left}", file=sys.stderr)  # noqa: T201
        sys.exit(INTERRUPTED)


def _kept() -> Path:
    with tempfile.NamedTemporaryFile("w", prefix="douka-error-", suffix=".txt", delete=False, encoding="utf-8") as file:
        file.write(traceback.format_exc())
    return Path(file.name)
