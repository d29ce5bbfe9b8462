"""Stopping between two cycles: the first Ctrl-C asks for it, the second insists."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interruption:
    """Whether somebody asked to stop."""

    def __init__(self) -> None:
        self._asked = threading.Event()

    @property
    def is_asked(self) -> bool:
        """Whether to stop after the cycle at work."""
        return self._asked.is_set()

    def ask(self) -> None:
        """Stop after the cycle at work."""
        self._asked.set()

    def wait(self, seconds: float) -> bool:
        """Sleep, unless asked to stop; whether that was asked."""
        return self._asked.wait(seconds)


@contextmanager
def interruptible() -> Iterator[Interruption]:
    """Turn the first SIGINT into a request to stop after the cycle at work; the second interrupts at once.

    Outside the main thread signals cannot be caught; the request then never comes.
    """
    interruption = Interruption()

    def handle(number: int, frame: FrameType | None) -> None:
        if interruption.is_asked:
            signal.default_int_handler(number, frame)
        interruption.ask()

    if threading.current_thread() is not threading.main_thread():
        yield interruption
        return
    before = signal.signal(signal.SIGINT, handle)
    try:
        yield interruption
    finally:
        signal.signal(signal.SIGINT, before)
