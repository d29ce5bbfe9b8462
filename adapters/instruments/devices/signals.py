"""A device made of single quantities: what instrument libraries without devices come down to."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from loop.errors import CampaignError


@dataclass(frozen=True, kw_only=True)
class Signal:
    """One quantity.

    Parameters
    ----------
    get
        Asks the instrument for it.
    units
        Of what that gives.
    source
        Where it comes from, for people.
    """

    get: Callable[[], Any]
    units: str
    source: str


class SignalDevice:
    """Reads its signals one after the other, each with the time at which it was asked.

    Parameters
    ----------
    name
        What the signals are called after.
    signals
        By key.
    put
        Sends a set point; None where it is not to be set.
    halt
        Brings it to rest; None where that means nothing.
    let_go
        Closes the connection.
    """

    def __init__(
        self,
        name: str,
        signals: Mapping[str, Signal],
        *,
        put: Callable[[float], Any] | None = None,
        halt: Callable[[], Any] | None = None,
        let_go: Callable[[], Any] | None = None,
    ) -> None:
        if not signals:
            raise CampaignError(f"device {name!r}: options.signals is empty, expected at least one")
        self.name = name
        self._signals = {f"{name}_{key}": signal for key, signal in signals.items()}
        self._put, self._halt, self._let_go = put, halt, let_go

    def read(self) -> dict[str, dict[str, Any]]:
        """Value and time of every signal."""
        return {key: {"value": _plain(signal.get()), "timestamp": time.time()} for key, signal in self._signals.items()}

    def describe(self) -> dict[str, dict[str, Any]]:
        """Sources and units."""
        return {
            key: {"source": signal.source, "dtype": "number", "shape": [], "units": signal.units}
            for key, signal in self._signals.items()
        }

    def set(self, value: float) -> None:
        """Send a set point.

        Raises
        ------
        NotImplementedError
            Where nothing says what to set.
        """
        if self._put is None:
            raise NotImplementedError(f"{self.name}: options.setpoint does not say what to set")
        self._put(float(value))

    def stop(self, *, success: bool = True) -> None:  # noqa: ARG002 - bluesky's signature
        """Come to rest, as far as the options say how."""
        if self._halt is not None:
            self._halt()

    def close(self) -> None:
        """Let go of the instrument."""
        if self._let_go is not None:
            self._let_go()


def _plain(value: Any) -> Any:
    """A number, or what it is; text of a number is a number."""
    if isinstance(value, str):
        try:
            return float(value)
        except ValueError:
            return value
    if hasattr(value, "item"):
        value = value.item()
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
