"""What can go wrong on the scheduler's side."""

from __future__ import annotations

from loop.errors import DoukaError, HistoryError, HistoryLockedError


class SchedulerError(DoukaError, RuntimeError):
    """Prefect did not start, or stopped answering; the history is not touched by that."""


class ServedError(HistoryLockedError):
    """Another process serves the campaign into this history already."""


class UnservedError(HistoryError):
    """Nobody serves the campaign, so that nobody can be asked for a cycle."""


class StoppedError(HistoryError):
    """A person stopped the campaign and nobody has resumed it."""


class PortError(DoukaError, OSError):
    """A port of this machine cannot be listened on."""


class AddressError(DoukaError, ValueError):
    """What was given is no address of this machine."""


class NotificationError(DoukaError, RuntimeError):
    """A message to a person was not taken."""
