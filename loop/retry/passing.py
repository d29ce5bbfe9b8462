"""Which errors of an adapter pass by themselves."""

from __future__ import annotations

from subprocess import TimeoutExpired


def passes(error: Exception) -> bool:
    """Whether an error says that something outside did not answer, and not that what it answered is wrong.

    Parameters
    ----------
    error
        Raised by an adapter that was asked for results.

    Returns
    -------
    bool
        True for :class:`~loop.errors.TransientError` and whatever else the operating system or the network raises
        (``OSError``: a refused connection, a time-out, a share that is away, a full disk), and for a command that did
        not answer in time. Everything else is final: a value that cannot be read is not read better tomorrow.
    """
    return isinstance(error, OSError | TimeoutExpired)
