"""Every error that douka raises on purpose.

Each class derives from :class:`DoukaError` and from the builtin a caller would naturally catch. A message says
which file and field, what was found, what was expected, and what to do.
"""

from __future__ import annotations

from os import PathLike


class DoukaError(Exception):
    """Base of all errors raised on purpose; the command line shows its message without a traceback."""


class CampaignError(DoukaError, ValueError):
    """A campaign file says something that cannot be run."""


class DataError(DoukaError, ValueError):
    """A table or a value from outside is unusable."""


class LimitError(DoukaError, ValueError):
    """A request exceeds a hard limit of its campaign; it was neither sealed nor sent."""


class UnitError(DataError):
    """A unit is missing, unknown, or not convertible to the expected one."""


class CompositionError(DataError):
    """A composition lies outside its formula template or is no composition at all."""


class EstimationError(DoukaError, ArithmeticError):
    """The data cannot determine the model that was asked for."""


class HistoryError(DoukaError, OSError):
    """A history cannot be opened, read or written."""


class DamagedCycleError(HistoryError):
    """A sealed cycle file does not hold what was sealed."""


class HistoryLockedError(HistoryError):
    """Another process is writing this history.

    Parameters
    ----------
    message
        For a person.
    holder
        Which process, where that is known.
    seconds
        Since when it does.
    """

    def __init__(self, message: str, holder: str = "", seconds: float = 0.0) -> None:
        super().__init__(message)
        self.holder = holder
        self.seconds = seconds


class PluginError(DoukaError, LookupError):
    """A simulator, instrument or rule is not installed, broken, or of the wrong interface version."""


class AdapterError(DoukaError, RuntimeError):
    """An adapter failed; the request it was serving is named."""


class TransientError(AdapterError, OSError):
    """Something outside does not answer now, or is not complete yet: after a while it may, without anybody's doing.

    Raised by an adapter where that is noticed, never for what is wrong with one request or one answer. The slot is left
    alone for a while and asked again, as ``[retry]`` of the campaign file says; nothing is lost meanwhile.

    Attributes
    ----------
    requests
        Ids of those that are held up, and fail once patience is over; empty, as it is at first: all of the slot.
    """

    requests: frozenset[str] = frozenset()


class NotSentError(TransientError):
    """A request was certainly not sent, by this call: to submit it again later acts once.

    The only error of ``submit`` after which a request is submitted again.
    """


class RejectedError(DoukaError, ValueError):
    """Something from outside was read and refused.

    Parameters
    ----------
    file
        What was read.
    reason
        Why it cannot be used.
    remedy
        What a person can do about it.
    """

    def __init__(self, file: str | PathLike[str], reason: str, remedy: str) -> None:
        self.file = str(file)
        self.reason = reason.rstrip(".")
        super().__init__(f"{self.file}: {self.reason}. {remedy}")
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[RejectedError], tuple[str, str, str]]:
        """Rebuild from the three parts, so that it crosses process boundaries."""
        return type(self), (self.file, self.reason, self.remedy)
