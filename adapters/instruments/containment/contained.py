"""A device whose driver runs in a child process."""

from __future__ import annotations

import itertools
import math
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from adapters.instruments.containment.driver import Driver
from adapters.instruments.containment.fault import Cause, DeviceError
from adapters.instruments.containment.wire import Message, Sender, parse

_LOOK_SECONDS = 0.05


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long a driver is waited for, in seconds.

    Parameters
    ----------
    start
        To import the driver and to connect.
    action
        For an action that states no deadline of its own.
    silence
        Without a heartbeat; a driver that is busy in Python still beats.
    """

    start: float = 30.0
    action: float = 10.0
    silence: float = 15.0


def never() -> bool:
    """Nobody gives up."""
    return False


class Contained(AbstractContextManager["Contained"]):
    """A device in a child process. Whatever the driver does, this raises :class:`DeviceError` within the deadline.

    Parameters
    ----------
    driver
        What to make.
    log
        File that gets whatever the driver prints.
    patience
        Deadlines.
    is_given_up
        Asked while waiting; true ends the action as cancelled.

    Raises
    ------
    DeviceError
        Where the driver cannot be made in time.
    """

    def __init__(
        self,
        driver: Driver,
        log: Path,
        patience: Patience | None = None,
        is_given_up: Callable[[], bool] = never,
    ) -> None:
        self.name = driver.device
        self._patience = patience or Patience()
        self._is_given_up = is_given_up
        self._numbers = itertools.count()
        self._answers: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._process = _started(log)
        self._last_beat = math.inf  # it cannot beat before it has begun; until then the time to start counts
        self._sender = Sender(_stream(self._process.stdin))
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()
        order = {"device": driver.device, "driver": driver.driver, "options": dict(driver.options)}
        try:
            answer = self._exchange(
                {**order, "beat": self._patience.silence / 10}, self._patience.start, "start", Cause.START
            )
        except BaseException:
            self.kill()
            raise
        self.roles: frozenset[str] = frozenset(answer["roles"])

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the driver."""
        self.close()

    @property
    def is_alive(self) -> bool:
        """Whether the process of the driver runs."""
        return self._process.poll() is None

    def read(self, deadline: float | None = None) -> Mapping[str, Mapping[str, Any]]:
        """Value and time of every signal; a triggerable device takes a new one first.

        Parameters
        ----------
        deadline
            Seconds.

        Raises
        ------
        DeviceError
            Where the driver does not give it in time.
        """
        if "triggerable" in self.roles:
            self.act("trigger", deadline=deadline)
        return _valued(self.name, self.act("read", deadline=deadline))

    def describe(self) -> Mapping[str, Mapping[str, Any]]:
        """Units and types of every signal."""
        return _mapping(self.name, self.act("describe"))

    def settings(self) -> Mapping[str, Mapping[str, Any]]:
        """Value and time of every setting; none where the device states none."""
        if "configurable" not in self.roles:
            return {}
        return _valued(self.name, self.act("read_configuration"))

    def describe_settings(self) -> Mapping[str, Mapping[str, Any]]:
        """Units and types of every setting; none where the device states none."""
        if "configurable" not in self.roles:
            return {}
        return _mapping(self.name, self.act("describe_configuration"))

    def act(self, action: str, *arguments: object, deadline: float | None = None) -> Any:
        """Call a method of the device and wait until it is done.

        Parameters
        ----------
        action
            Name of the method.
        arguments
            JSON.
        deadline
            Seconds; that of the patience if None.

        Raises
        ------
        DeviceError
            With the cause. After a hang, a silence or a cancellation the process is ended.
        """
        order = {"action": action, "arguments": list(arguments)}
        return self._exchange(order, deadline or self._patience.action, action, Cause.ERROR)

    def close(self) -> None:
        """Let the driver end by itself, which brings the device to rest; then make sure."""
        with suppress(OSError):
            _stream(self._process.stdin).close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(self._patience.action)
        self.kill()

    def kill(self) -> None:
        """End the process and all it started."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._listener.join()
        with suppress(OSError):
            _stream(self._process.stdin).close()

    def _exchange(self, order: Message, deadline: float, action: str, on_error: Cause) -> Any:
        number = next(self._numbers)
        with suppress(OSError):  # an ended process is noticed below, with its status
            self._sender.send({"id": number, **order})
        answer = self._awaited(number, time.monotonic() + deadline, deadline, action)
        if "error" in answer:
            text = f"its driver raised {answer['kind']} during {action!r}: {answer['error']}"
            raise DeviceError(self.name, on_error, text)
        return answer["value"]

    def _awaited(self, number: int, end: float, deadline: float, action: str) -> Message:
        while True:
            try:
                answer = self._answers.get(timeout=_LOOK_SECONDS)
            except queue.Empty:
                self._require_hope(end, deadline, action)
                continue
            if answer is None:
                self._answers.put(None)  # it stays ended
                raise self._ended(action)
            if answer["id"] == number:
                return answer

    def _require_hope(self, end: float, deadline: float, action: str) -> None:
        now = time.monotonic()
        if self._is_given_up():
            self._give_up(Cause.CANCELLED, f"given up during {action!r}")
        if now > end:
            self._give_up(Cause.HANG, f"no answer to {action!r} within {deadline:g} s")
        if now - self._last_beat > self._patience.silence:
            silence = self._patience.silence
            self._give_up(Cause.SILENCE, f"its driver stood still for {silence:g} s during {action!r}")

    def _give_up(self, cause: Cause, text: str) -> None:
        self.kill()
        raise DeviceError(self.name, cause, text)

    def _ended(self, action: str) -> DeviceError:
        status = self._process.wait()
        if status < 0:
            text = f"its driver was ended by {signal.Signals(-status).name} during {action!r}"
            return DeviceError(self.name, Cause.CRASH, text)
        return DeviceError(self.name, Cause.EXIT, f"its driver ended with status {status} during {action!r}")

    def _listen(self) -> None:
        # What is no message ends the conversation.
        with suppress(ValueError), _stream(self._process.stdout) as stream:
            for line in stream:
                message = parse(line)
                self._last_beat = time.monotonic()
                if "beat" not in message:
                    self._answers.put(message)
        self._answers.put(None)


def _started(log: Path) -> subprocess.Popen[bytes]:
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "adapters.instruments.containment.child"]
    with log.open("ab") as errors:
        return subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=log.parent,  # libraries write logs where they are
            start_new_session=True,
        )


def _stream(stream: IO[bytes] | None) -> Any:
    return stream


def _mapping(device: str, value: object) -> Mapping[str, Mapping[str, Any]]:
    if not isinstance(value, Mapping) or not all(isinstance(item, Mapping) for item in value.values()):
        raise DeviceError(device, Cause.ERROR, f"its driver gave {value!r}, expected a table of signals")
    return value


def _valued(device: str, value: object) -> Mapping[str, Mapping[str, Any]]:
    signals = _mapping(device, value)
    for key, reading in signals.items():
        if "value" not in reading:
            raise DeviceError(device, Cause.ERROR, f"{key} has no value: its driver gave {dict(reading)!r}")
    return signals
