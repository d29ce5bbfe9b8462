"""The driver: any class with ``name``, ``read`` and ``describe``; the rest as far as the instrument can do it."""

from __future__ import annotations

import socket
import time
from typing import Any


class Gaussmeter:
    """Set and read a field in T.

    Parameters
    ----------
    name
        What its signal is called after.
    port, host
        Where the instrument listens.
    largest_t
        The most it may be set to.
    seconds
        Within which it answers.
    """

    def __init__(
        self, name: str, *, port: int, host: str = "127.0.0.1", largest_t: float = 2.0, seconds: float = 2.0
    ) -> None:
        self.name = name
        self._largest = largest_t
        self._socket = socket.create_connection((host, port), timeout=seconds)
        self._lines = self._socket.makefile("r", encoding="ascii", newline="\n")

    def set(self, value: float) -> None:
        """Go to a field; the reading shows when it is there."""
        self.check_value(value)
        self._send(f"SOUR:FIELD {value:.6f}")

    def check_value(self, value: float) -> None:
        """Raise beyond the largest field."""
        if not abs(value) <= self._largest:
            raise ValueError(f"{value} T is beyond ±{self._largest} T")

    def stop(self) -> None:
        """Stay at the field."""
        self._send("SOUR:FIELD:HOLD")

    def read(self) -> dict[str, dict[str, Any]]:
        """The field now."""
        self._send("MEAS:FIELD?")
        answer = self._lines.readline()
        if not answer:
            raise ConnectionError("the gaussmeter has closed the connection")
        return {f"{self.name}_field": {"value": float(answer), "timestamp": time.time()}}

    def describe(self) -> dict[str, dict[str, Any]]:
        """The field's unit."""
        return {f"{self.name}_field": {"source": "scpi:MEAS:FIELD?", "dtype": "number", "shape": [], "units": "T"}}

    def close(self) -> None:
        """Let go of the instrument."""
        self._lines.close()
        self._socket.close()

    def _send(self, line: str) -> None:
        self._socket.sendall(line.encode("ascii") + b"\n")
