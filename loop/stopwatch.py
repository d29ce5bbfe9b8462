"""Wall and CPU time of the steps of a cycle."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Stopwatch:
    """Sums up seconds by step until they are read."""

    def __init__(self) -> None:
        self._seconds: dict[str, float] = {}

    @contextmanager
    def timing(self, step: str) -> Iterator[None]:
        """Time what is done inside, also where it fails."""
        wall, cpu = time.perf_counter(), time.process_time()
        try:
            yield
        finally:
            self._add(f"{step}.wall_seconds", time.perf_counter() - wall)
            self._add(f"{step}.cpu_seconds", time.process_time() - cpu)

    def read(self) -> dict[str, float]:
        """Give the seconds by ``<step>.wall_seconds`` and ``<step>.cpu_seconds``, and begin anew."""
        seconds, self._seconds = self._seconds, {}
        return seconds

    def _add(self, name: str, seconds: float) -> None:
        self._seconds[name] = self._seconds.get(name, 0.0) + seconds
