"""What can go wrong with a driver, said so that a person knows where to look."""

from __future__ import annotations

from enum import StrEnum

from loop.errors import AdapterError


class Cause(StrEnum):
    """Why an action of a device failed. Listed once, here."""

    HANG = "hang"
    """No answer within the action's deadline."""
    SILENCE = "silence"
    """No heartbeat: the whole process stands still."""
    EXIT = "exit"
    """The process ended by itself, with whatever status."""
    CRASH = "crash"
    """The process was ended by a signal (a segmentation fault, say)."""
    ERROR = "error"
    """The driver raised: a refused value, a peer that is gone."""
    START = "start"
    """The driver could not be made."""
    STALE = "stale"
    """A reading older than the question, or a set point that the reading never reached."""
    RANGE = "range"
    """A reading that the instrument cannot give, or no number at all."""
    LIMIT = "limit"
    """A value that may not be sent; nothing was sent."""
    CANCELLED = "cancelled"
    """A person gave up on the request."""


class DeviceError(AdapterError):
    """A device did not do what it was asked to.

    Parameters
    ----------
    device
        Its name in the campaign file.
    cause
        What kind of fault it is.
    text
        What happened, in a sentence.
    """

    def __init__(self, device: str, cause: Cause, text: str) -> None:
        super().__init__(f"{device}: {text} ({cause})")
        self.device = device
        self.cause = cause
        self.text = text
