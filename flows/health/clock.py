"""Clocks, and the time zone that people see."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from flows.health.finding import Finding

_STEADY_SECONDS = 0.05
_APART_SECONDS = 1.0
_BUILT = datetime(2026, 1, 1, tzinfo=UTC)


def clock_finding() -> Finding:
    """Look at the clocks twice, a moment apart."""
    before = time.monotonic(), time.time()
    time.sleep(_STEADY_SECONDS)
    after = time.monotonic(), time.time()
    return judged((after[0] - before[0]), (after[1] - before[1]), datetime.now().astimezone())


def judged(monotonic: float, wall: float, now: datetime) -> Finding:
    """Judge what the two clocks say of one span.

    Parameters
    ----------
    monotonic, wall
        Seconds that each of them counted.
    now
        With its time zone.
    """
    shown = f"{now.isoformat(timespec='seconds')} ({now.tzname()}); histories keep UTC"
    remedy = "Set the clock, and keep it with a time service: chronyd, systemd-timesyncd."
    if now < _BUILT:
        return Finding("clock", "problem", f"{shown}: in the past", remedy)
    if monotonic <= 0 or abs(wall - monotonic) > _APART_SECONDS:
        text = f"{shown}: the wall clock moved by {wall:.2f} s in {monotonic:.2f} s"
        return Finding("clock", "warn", text, remedy)
    return Finding("clock", "ok", shown)
