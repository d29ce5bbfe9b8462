"""What can go wrong on the scheduler's side."""

from __future__ import annotations

from loop.errors import DoukaError


class SchedulerError(DoukaError, RuntimeError):
    """Prefect did not start, or stopped answering; the history is not touched by that."""
