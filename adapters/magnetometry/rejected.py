"""The refusal of a measurement."""

from __future__ import annotations

from os import PathLike

from loop.errors import RejectedError


class RejectedMeasurement(RejectedError):  # noqa: N818  the name is given by the project's interface
    """A file was read and yields no measurement that could be trusted, or not the quantity that was asked for.

    Parameters
    ----------
    file
        What was read.
    reason
        What was found, and what was expected.
    remedy
        What a person can do about it.
    """

    def __init__(self, file: str | PathLike[str], reason: str, remedy: str) -> None:
        super().__init__(str(file), reason.rstrip("."), remedy)
