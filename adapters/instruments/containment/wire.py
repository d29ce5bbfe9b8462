"""Messages between a driver's process and its parent: one line of JSON each."""

from __future__ import annotations

import json
import threading
from typing import Any, BinaryIO

Message = dict[str, Any]


class Sender:
    """Writes messages, from any thread.

    Parameters
    ----------
    stream
        Binary, to the other side.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._lock = threading.Lock()

    def send(self, message: Message) -> None:
        """Write one message.

        Raises
        ------
        OSError
            Where the other side is gone.
        """
        line = encoded(message) + b"\n"
        with self._lock:
            self._stream.write(line)
            self._stream.flush()


def encoded(content: object) -> bytes:
    """Write content as JSON.

    Raises
    ------
    TypeError, ValueError
        Where it holds what cannot be sent.
    """
    return json.dumps(content, default=_plain).encode()


def parse(line: bytes) -> Message:
    """Read one message.

    Raises
    ------
    ValueError
        Where the line is none.
    """
    message = json.loads(line)
    if isinstance(message, dict):
        return message
    raise ValueError(f"not a message: {line[:80]!r}")


def _plain(value: object) -> object:
    """Numpy scalars and arrays as numbers and lists; drivers hand them over without a thought."""
    for method in ("tolist", "item"):
        if hasattr(value, method):
            return getattr(value, method)()
    raise TypeError(f"{type(value).__name__} cannot be sent: a reading is a number, a text, or a list of them")
