"""What can go wrong on the scheduler's side."""

from __future__ import annotations

from loop.errors import DoukaError, HistoryError


class SchedulerError(DoukaError, RuntimeError):
    """Prefect did not start, or stopped answering; the history is not touched by that."""


class StoppedError(HistoryError):
    """A person stopped the campaign and nobody has resumed it."""


class PortError(DoukaError, OSError):
    """A port of this machine cannot be listened on."""
