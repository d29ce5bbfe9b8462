"""How far a run is that news started."""

from __future__ import annotations

from enum import Enum, auto


class Standing(Enum):
    """How far a run is."""

    TO_COME = auto()
    AT_WORK = auto()
    DONE = auto()
    FRUSTRATED = auto()
    """It failed, was cancelled, or was not allowed to do anything."""
