"""The process a driver lives in: it does what its parent says, tells how it went, and ends with its parent.

``python -m adapters.instruments.containment.child``; orders come on standard input, answers go out on what was standard
output. Whatever the driver prints goes to standard error, lest it is taken for an answer.
"""

from __future__ import annotations

import contextlib
import os
import queue
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from adapters.instruments.containment.driver import Driver
from adapters.instruments.containment.wire import Message, Sender, encoded, parse
from loop.device import Closable, Readable, Stoppable, roles_of
from loop.waiting_for import waited_for

LAST_STOP_SECONDS = 5.0
"""What a device gets to come to rest after the parent died."""


def main() -> None:
    """Make the device that the first order names, then do one order after the other."""
    sender = Sender(claimed_output())
    orders: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
    held: list[object] = []
    threading.Thread(target=_listen, args=(orders, held), daemon=True).start()
    first = orders.get()
    if first is None:
        return
    threading.Thread(target=_beat, args=(sender, float(first["beat"])), daemon=True).start()
    driver = Driver(device=first["device"], driver=first["driver"], options=first["options"])
    sender.send(_answer(first["id"], lambda: _made(driver, held)))
    while (order := orders.get()) is not None:
        sender.send(_answer(order["id"], lambda order=order: _done(held[0], order)))  # type: ignore[misc]
    _last_stop(held)


def claimed_output() -> Any:
    """Keep standard output for messages; what the driver prints goes to standard error."""
    channel = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return channel


def _listen(orders: queue.SimpleQueue[Message | None], held: list[object]) -> None:
    for line in sys.stdin.buffer:
        orders.put(parse(line))
    orders.put(None)
    # The parent is gone. If the driver is stuck in an action, nobody will take the last order.
    time.sleep(LAST_STOP_SECONDS)
    _last_stop(held)
    os._exit(1)


def _last_stop(held: list[object]) -> None:
    for device in held:
        if isinstance(device, Stoppable):
            with contextlib.suppress(Exception):
                waited_for(device.stop())
        if isinstance(device, Closable):
            with contextlib.suppress(Exception):
                device.close()


def _beat(sender: Sender, period: float) -> None:
    with contextlib.suppress(OSError):
        while True:
            sender.send({"beat": time.time()})
            time.sleep(period)


def _made(driver: Driver, held: list[object]) -> dict[str, object]:
    device = driver.make()
    if not isinstance(device, Readable):
        raise TypeError(f"driver {driver.driver!r} made a {type(device).__name__}, which lacks name, read or describe")
    held.append(device)
    return {"roles": roles_of(device)}


def _done(device: object, order: Message) -> object:
    result = waited_for(getattr(device, order["action"])(*order["arguments"]))
    return _readings(result) if isinstance(result, Mapping) else None


def _readings(result: Mapping[Any, Any]) -> dict[str, object]:
    return {str(key): dict(value) if isinstance(value, Mapping) else value for key, value in result.items()}


def _answer(number: int, work: Callable[[], object]) -> Message:
    try:
        message: Message = {"id": number, "value": work()}
        encoded(message)  # what cannot be sent is a fault of the driver, and is told
    except Exception as error:
        text = str(error) or "no message"
        return {"id": number, "error": text, "kind": type(error).__name__}
    return message


if __name__ == "__main__":
    main()
