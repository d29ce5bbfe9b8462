"""The first Ctrl-C asks, the second insists."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest

from flows.interruption import Interruption, interruptible


def test_the_first_asks_the_second_insists() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interruptible() as interruption:
        assert not interruption.is_asked
        os.kill(os.getpid(), signal.SIGINT)
        assert interruption.is_asked
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) is before


def test_waiting_ends_when_asked() -> None:
    interruption = Interruption()
    assert not interruption.wait(0.01)
    threading.Timer(0.05, interruption.ask).start()
    started = time.monotonic()
    assert interruption.wait(60)
    assert time.monotonic() - started < 30


def test_a_signal_that_comes_while_it_waits_ends_the_waiting() -> None:
    with interruptible() as interruption:
        threading.Timer(0.2, os.kill, [os.getpid(), signal.SIGINT]).start()
        started = time.monotonic()
        assert interruption.wait(60)
        assert time.monotonic() - started < 30


def test_outside_the_main_thread_nobody_asks() -> None:
    seen: list[bool] = []

    def work() -> None:
        with interruptible() as interruption:
            seen.append(interruption.is_asked)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [False]
