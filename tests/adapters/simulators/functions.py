"""Functions that slots call in tests; the file is named by its path."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path


def moment(a: float, shift: float = 0.0) -> float:
    return 2.3 - (a - 0.3) ** 2 + shift


def slow(a: float, seconds: float = 60.0) -> float:
    time.sleep(seconds)
    return moment(a)


def told(a: float) -> dict[str, float | str]:
    return {"value": moment(a), "unit": "T", "uncertainty": 0.02, "note": "by hand"}


def broken(a: float) -> float:
    raise ValueError(f"no moment at {a}")


def leaving(a: float) -> float:  # noqa: ARG001
    sys.exit(3)


def text(a: float) -> str:  # noqa: ARG001
    return "much"


def endless(a: float) -> float:  # noqa: ARG001
    return float("inf")


def held(a: float, gate: str) -> float:
    """Goes on once the file is there."""
    while not Path(gate).exists():
        time.sleep(0.02)
    return moment(a)


def dying(a: float, once: str) -> float:
    """Kills its whole process the first time."""
    if not Path(once).exists():
        Path(once).touch()
        os._exit(1)
    return moment(a)


NUMBER = 3
