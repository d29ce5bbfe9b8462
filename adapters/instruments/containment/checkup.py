"""Looking at a device that is really there, in a process of its own: no driver takes the check along.

``python -m adapters.instruments.containment.checkup`` is the child's side.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import IO, Any

from adapters.instruments.containment.child import claimed_output
from adapters.instruments.containment.driver import Driver
from adapters.instruments.containment.wire import Sender, parse
from loop.asking import NotApplicable, Shortcoming
from loop.device_checks import CHECKS, Expectations

KEPT, BROKEN, NOT_MADE = "kept", "broken", "not made"


@dataclass(frozen=True)
class Finding:
    """What became of a promise.

    Parameters
    ----------
    name
        Of the promise.
    promise
        In words.
    outcome
        ``kept``, ``broken`` or ``not made``.
    text
        What was found.
    """

    name: str
    promise: str
    outcome: str
    text: str = ""


def checkup(driver: Driver, expected: Expectations, patience: float = 60.0) -> Iterator[Finding]:
    """Hold a device against all promises, one after the other.

    Parameters
    ----------
    driver
        What to make.
    expected
        What is known of it.
    patience
        Seconds for each promise, connecting included, beyond what the expectations say.
    """
    order = {"device": driver.device, "driver": driver.driver, "options": dict(driver.options)}
    command = [sys.executable, "-m", "adapters.instruments.containment.checkup"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
    )
    patience += 2 * expected.settle_seconds + 2 * expected.seconds + 2 * expected.stop_seconds
    try:
        _stream(process.stdin).write(json.dumps({**order, "expected": asdict(expected)}).encode() + b"\n")
        _stream(process.stdin).flush()
        yield from _findings(process, patience)
    finally:
        _end(process)


def _findings(process: subprocess.Popen[bytes], patience: float) -> Iterator[Finding]:
    lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_forward, args=(_stream(process.stdout), lines), daemon=True).start()
    left = ["made", *(check.__name__ for check in CHECKS)]
    while left:
        try:
            line = lines.get(timeout=patience)
        except queue.Empty:
            yield Finding(left[0], "it answers at all.", BROKEN, f"no answer within {patience:g} s")
            return
        if not line:
            yield Finding(left[0], "its driver lives.", BROKEN, f"its process ended with status {process.wait()}")
            return
        finding = Finding(**parse(line))
        yield finding
        if finding.name == "made" and finding.outcome == BROKEN:
            return
        left.pop(0)


def _forward(stream: IO[bytes], lines: queue.SimpleQueue[bytes]) -> None:
    for line in stream:
        lines.put(line)
    lines.put(b"")


def _end(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    for stream in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):
            _stream(stream).close()


def _stream(stream: IO[bytes] | None) -> Any:
    return stream


def main() -> None:
    """Make the device and look at every promise; a line of JSON for each."""
    sender = Sender(claimed_output())
    order = parse(sys.stdin.buffer.readline())
    driver = Driver(device=order["device"], driver=order["driver"], options=order["options"])
    positions = order["expected"].pop("positions")
    expected = Expectations(positions=tuple(positions) if positions else None, **order["expected"])
    try:
        device = driver.make()
    except Exception as error:
        sender.send(asdict(Finding("made", "It can be made.", BROKEN, f"{type(error).__name__}: {error}")))
        return
    sender.send(asdict(Finding("made", "It can be made.", KEPT)))
    for check in CHECKS:
        sender.send(asdict(_finding(check, device, expected)))


def _finding(check: Any, device: object, expected: Expectations) -> Finding:
    promise = str(check.__doc__)
    try:
        check(device, expected)
    except NotApplicable as reason:
        return Finding(check.__name__, promise, NOT_MADE, str(reason))
    except Shortcoming as shortcoming:
        return Finding(check.__name__, promise, BROKEN, str(shortcoming))
    except Exception as error:  # a driver may give anything; the other promises are looked at all the same
        return Finding(check.__name__, promise, BROKEN, f"{type(error).__name__}: {error}")
    return Finding(check.__name__, promise, KEPT)


if __name__ == "__main__":
    main()
