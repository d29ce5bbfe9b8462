"""Stopping between two cycles: the first Ctrl-C asks for it, the second insists."""

from __future__ import annotations

import queue
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType


class Interruption:
    """Whether somebody asked to stop."""

    def __init__(self) -> None:
        self._asked = False
        # Not a threading.Event: a signal is handled within the wait of the thread that it may have to wake.
        self._wake: queue.SimpleQueue[None] = queue.SimpleQueue()

    @property
    def is_asked(self) -> bool:
        """Whether to stop after the cycle at work."""
        return self._asked

    def ask(self) -> None:
        """Stop after the cycle at work."""
        self._asked = True
        self._wake.put(None)

    def wait(self, seconds: float) -> bool:
        """Sleep, unless asked to stop; whether that was asked."""
        if not self._asked:
            with suppress(queue.Empty):
                self._wake.get(timeout=seconds)
                self._wake.put(None)  # for whoever waits as well
        return self._asked


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
