"""Procedures as bluesky plans, for laboratories that have bluesky's RunEngine (``pip install 'douka[bluesky]'``).

The devices stay contained: what the RunEngine moves and reads are stand-ins for the bench's devices.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.util import find_spec
from typing import Any

from adapters.instruments.procedures.actions import Action, Move, Pause, Take
from adapters.instruments.procedures.bench import Bench
from adapters.instruments.procedures.executor import Executor, Sink, execute


def has_bluesky() -> bool:
    """Whether a RunEngine is installed."""
    return find_spec("bluesky") is not None


def executor_named(name: str) -> Executor:
    """``plain``, ``bluesky``, or ``auto``: bluesky where it is installed.

    Parameters
    ----------
    name
        One of the three.
    """
    wants_bluesky = name == "bluesky" or (name == "auto" and has_bluesky())
    return execute_as_plan if wants_bluesky else execute


class Status:
    """Bluesky's status of work that is done in a thread.

    Parameters
    ----------
    work
        What to do.
    """

    def __init__(self, work: Callable[[], None]) -> None:
        self._error: Exception | None = None
        self._callbacks: list[Callable[[Status], None]] = []
        self._lock = threading.Lock()
        self.done = False
        threading.Thread(target=self._run, args=(work,), daemon=True).start()

    @property
    def success(self) -> bool:
        """Whether it is done and went well."""
        return self.done and self._error is None

    def exception(self, timeout: float | None = None) -> Exception | None:  # noqa: ARG002 - bluesky's signature
        """What went wrong."""
        return self._error

    def add_callback(self, callback: Callable[[Status], None]) -> None:
        """Call when done, at once where it is."""
        with self._lock:
            if not self.done:
                self._callbacks.append(callback)
                return
        callback(self)

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:
            self._error = error
        with self._lock:
            self.done = True
        for callback in self._callbacks:
            callback(self)


class StandIn:
    """A device of a bench, to a RunEngine.

    Parameters
    ----------
    bench, name
        Whose device.
    """

    parent = None

    def __init__(self, bench: Bench, name: str) -> None:
        self._bench = bench
        self.name = name
        self.timeout = 10.0

    def set(self, move: Move) -> Status:
        """Make a move."""
        return Status(lambda: self._bench.move(move))

    def read(self) -> dict[str, dict[str, Any]]:
        """Signals of a fresh reading."""
        return {key: dict(value) for key, value in self._bench.read(self.name, self.timeout).items()}

    def describe(self) -> dict[str, dict[str, Any]]:
        """Types and units of the signals."""
        return {key: dict(value) for key, value in self._bench.describe(self.name).items()}


def execute_as_plan(bench: Bench, actions: Sequence[Action], sink: Sink) -> None:
    """Do the actions as one bluesky run; the same as :func:`~adapters.instruments.procedures.executor.execute`.

    Raises
    ------
    DeviceError
        At the first action that fails.
    ImportError
        Where bluesky is not installed.
    """
    from bluesky import RunEngine
    from bluesky.utils import FailedStatus

    engine = RunEngine(context_managers=[])
    stand_ins = {action.device: StandIn(bench, action.device) for action in actions if not isinstance(action, Pause)}
    try:
        engine(_plan(stand_ins, actions, sink))
    except FailedStatus as failed:
        status = failed.args[0]
        raise (status.exception() or failed) from failed


def _plan(stand_ins: dict[str, StandIn], actions: Sequence[Action], sink: Sink) -> Iterator[Any]:
    from bluesky import plan_stubs

    yield from plan_stubs.open_run()
    for action in actions:
        match action:
            case Move():
                yield from plan_stubs.mv(stand_ins[action.device], action)
                sink({"t": time.time(), "action": "move", "device": action.device, "value": action.value})
            case Pause():
                yield from plan_stubs.sleep(action.seconds)
            case Take():
                stand_ins[action.device].timeout = action.timeout
                signals = yield from plan_stubs.trigger_and_read([stand_ins[action.device]])
                sink({"t": time.time(), "action": "read", "device": action.device, "signals": signals})
    yield from plan_stubs.close_run()
