"""Time that passes when a test says so."""

from __future__ import annotations

import pytest


class Clock:
    """Seconds from some moment on."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds


@pytest.fixture
def clock() -> Clock:
    """A clock that stands."""
    return Clock()
