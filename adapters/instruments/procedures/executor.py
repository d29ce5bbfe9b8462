"""Doing the actions of a procedure, one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from adapters.instruments.procedures.actions import Action, Move, Pause, Take
from adapters.instruments.procedures.bench import Bench

Event = Mapping[str, Any]
Sink = Callable[[Event], None]
Executor = Callable[[Bench, Sequence[Action], Sink], None]


def execute(bench: Bench, actions: Sequence[Action], sink: Sink) -> None:
    """Do the actions on a bench; what is read and where it went is handed to a sink at once.

    Parameters
    ----------
    bench
        The devices.
    actions
        In order.
    sink
        Gets ``{"t", "action", "device", …}`` of every action that is done.

    Raises
    ------
    DeviceError
        At the first action that fails.
    """
    for action in actions:
        match action:
            case Move():
                bench.move(action)
                sink({"t": time.time(), "action": "move", "device": action.device, "value": action.value})
            case Pause():
                bench.pause(action.seconds)
            case Take():
                signals = bench.read(action.device, action.timeout)
                sink({"t": time.time(), "action": "read", "device": action.device, "signals": signals})
