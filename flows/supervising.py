"""Keeping the runner of a served campaign alive, from a process that does little else and so has little to die of."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext, suppress
from typing import IO

from flows.assignment import Assignment
from flows.callbacks import Say
from flows.interruption import Interruption

Surroundings = Callable[[], Mapping[str, str]]
LOOK_SECONDS = 0.5
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
SOUND_SECONDS = 120.0
"""A runner that lived for so long did not die of its start."""
LAST_WORDS_SECONDS = 2.0


def supervise(assignment: Assignment, surroundings: Surroundings, interruption: Interruption, say: Say) -> None:
    """Run the runner, and run it again where it dies, until it has nothing more to do.

    It is tried for ever, ever more slowly: whatever killed it may be gone tomorrow.

    Parameters
    ----------
    assignment
        What is served.
    surroundings
        Gives the settings of the runner; where they change, it is started again with the new ones.
    interruption
        Whether somebody asked to stop.
    say
        Called with lines for a person, those of the runner among them.
    """
    pause = FIRST_PAUSE_SECONDS
    while not interruption.is_asked:
        started = time.monotonic()
        code = _run(assignment, surroundings, interruption, say)
        if code == 0 or interruption.is_asked:
            return
        if code is None:
            say("Prefect's server has another address now; the runner is started again")
            continue
        if time.monotonic() - started > SOUND_SECONDS:
            pause = FIRST_PAUSE_SECONDS
        say(f"the runner ended ({_spoken(code)}); it is started again in {pause:g} s")
        interruption.wait(pause)
        pause = min(2 * pause, LONGEST_PAUSE_SECONDS)


def _run(assignment: Assignment, surroundings: Surroundings, interruption: Interruption, say: Say) -> int | None:
    """Run it once, and have it end where somebody asked to; its exit code, or None where its surroundings changed."""
    settings, told = surroundings(), False
    with _started(assignment, settings, say) as process:
        while process.poll() is None:
            if surroundings() != settings:
                return None
            if told:
                time.sleep(LOOK_SECONDS)  # however long the cycle at work takes; a second Ctrl-C does not wait
            elif interruption.wait(LOOK_SECONDS):
                process.send_signal(signal.SIGINT)
                told = True
        return process.returncode


@contextmanager
def _started(assignment: Assignment, settings: Mapping[str, str], say: Say) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "flows.runner_process"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **settings},
        # Ctrl-C in the terminal must reach us only: we pass it on, once.
        start_new_session=True,
    )
    hearer = threading.Thread(target=_pass_on, args=(process.stdout, say), daemon=True)
    hearer.start()
    try:
        if process.stdin is not None:
            with suppress(BrokenPipeError):
                process.stdin.write(assignment.dumped())
                process.stdin.flush()
        yield process
    finally:
        process.kill()
        process.wait()
        hearer.join(LAST_WORDS_SECONDS)
        if process.stdin is not None:
            process.stdin.close()


def _pass_on(lines: IO[bytes] | None, say: Say) -> None:
    with lines or nullcontext(()) as said:
        for line in said:
            say(line.decode(errors="replace").rstrip("\n"))


def _spoken(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
