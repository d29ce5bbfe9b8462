"""What a procedure comes down to: go somewhere, wait, read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Move:
    """Set a device and see that it gets there.

    Parameters
    ----------
    device
        Its name.
    value
        Set point, in the device's unit.
    signal
        The signal that shows where it is; empty for a device that shows nothing, which is then believed.
    tolerance
        Largest distance from the set point that counts as there.
    timeout
        Seconds to get there; a last reading that is under way then may take as long as any (``patience.action``).
    dwell
        Seconds it has to stay there.
    """

    device: str
    value: float
    signal: str = ""
    tolerance: float = 0.0
    timeout: float = 60.0
    dwell: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Pause:
    """Wait.

    Parameters
    ----------
    seconds
        How long.
    """

    seconds: float


@dataclass(frozen=True, kw_only=True)
class Take:
    """Read a device.

    Parameters
    ----------
    device
        Its name.
    timeout
        Seconds.
    """

    device: str
    timeout: float = 10.0


Action = Move | Pause | Take
_KINDS: Mapping[str, type[Move] | type[Pause] | type[Take]] = {"move": Move, "pause": Pause, "take": Take}


def to_table(action: Action) -> dict[str, Any]:
    """An action as JSON."""
    kind = next(name for name, cls in _KINDS.items() if isinstance(action, cls))
    return {"kind": kind, **asdict(action)}


def from_table(table: Mapping[str, Any]) -> Action:
    """The action again."""
    arguments = {key: value for key, value in table.items() if key != "kind"}
    return _KINDS[table["kind"]](**arguments)
